#include "actors/link/link_status.hpp"

namespace cleartap {

void link_status::update(const std::function<void(dialled&)>& change) {
  auto guard = std::lock_guard{mutex_};
  change(dialled_);
}

link_status::dialled link_status::sniffer_end() const {
  auto guard = std::lock_guard{mutex_};
  return dialled_;
}

void link_status::count_refusal(std::string_view reason) {
  auto guard = std::lock_guard{mutex_};
  auto found = refusals_.find(reason);
  if (found == refusals_.end())
    found = refusals_.try_emplace(std::string{refusals_.size() < reasons_max ? reason : "other"}, 0).first;
  ++found->second;
}

void link_status::for_each_refusal(
    const std::function<void(std::string_view reason, std::uint64_t count)>& visit) const {
  auto guard = std::lock_guard{mutex_};
  for (const auto& [reason, count] : refusals_)
    visit(reason, count);
}

} // namespace cleartap
