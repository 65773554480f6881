// Which policy an exchange is redacted by: that of all, changed by the rules whose host or executable it has. Refuses
// to know how an executable is found out.
#pragma once

#include "actors/enrichment/exclusion.hpp"
#include "actors/redaction/policy.hpp"
#include "config/settings.hpp"
#include "messages/exchange.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cleartap {

/// Policies are made when they are first needed, and kept; all are made anew when there are more.
inline constexpr auto policies_max = std::size_t{128};

/// The peer chooses the host, so rules by host only remove more, and win over what is kept for an executable. What is
/// not known counts as if it were of each rule that removes, and of none that keeps.
class redaction_rules {
public:
  /// Throws if there is no memory for its patterns.
  explicit redaction_rules(const redaction_settings& wanted);

  /// Whether policy_for() wants to know executables.
  [[nodiscard]] bool asks_executable() const noexcept { return asks_executable_; }

  /// The policy for what is sent to `host` and seen at the program `executable`, its whole path; empty: unknown. It
  /// stays until the next call.
  [[nodiscard]] const redaction_policy& policy_for(std::string_view host, const std::string& executable);

private:
  struct rule {
    rule_settings wanted;
    exclusion executable; // patterns; empty: any
    std::size_t first_pattern = 0;
  };

  /// Bit i: rule i.
  struct choice {
    std::uint32_t removing = 0;
    std::uint32_t keeping = 0;

    auto operator<=>(const choice&) const = default;
  };

  choice choose(std::string_view host, const std::string& executable) const;
  std::unique_ptr<redaction_policy> make(choice which) const;

  friend std::unique_ptr<const redaction_policy> policy_of_all(const redaction_settings& wanted);

  redaction_settings wanted_;
  std::vector<rule> rules_;
  std::shared_ptr<const masking::own_patterns> patterns_; // of all rules
  std::map<choice, std::unique_ptr<redaction_policy>> policies_;
  bool asks_executable_ = false;
};

/// The policy of `wanted` without its rules that keep anything, for what is of no exchange.
[[nodiscard]] std::unique_ptr<const redaction_policy> policy_of_all(const redaction_settings& wanted);

/// The host that `what` names; empty if it is unknown.
[[nodiscard]] std::string_view host_of(const exchange& what) noexcept;

/// Whether `host`, perhaps with a port, is `pattern`, or below it if it begins with "*.".
[[nodiscard]] bool is_host_of(std::string_view host, std::string_view pattern) noexcept;

} // namespace cleartap
