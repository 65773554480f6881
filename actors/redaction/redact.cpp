#include "actors/redaction/redact.hpp"

#include "actors/redaction/body.hpp"
#include "actors/redaction/drop_values.hpp"
#include "actors/redaction/form.hpp"
#include "actors/redaction/headers.hpp"
#include "actors/redaction/mask_writer.hpp"
#include "actors/redaction/plain_text.hpp"

#include <utility>

namespace cleartap {

namespace {

class exchange_pass {
public:
  exchange_pass(const redaction_policy& policy, redaction_stats& stats) noexcept : policy_{policy}, stats_{stats} {}

  void mask_head(http_request& request) {
    for (auto* word : {&request.method, &request.scheme}) // a peer may put anything there
      rewrite(*word, [](std::string_view text, auto& out) { masking::mask_patterns(text, false, out); });
    rewrite(request.host, [](std::string_view host, auto& out) { masking::mask_host(host, out); });
    masking::mask_headers(request.headers, policy_, stats_, work_left_);
    masking::mask_headers(request.trailers, policy_, stats_, work_left_);
    rewrite(request.path, [](std::string_view path, auto& out) { masking::mask_path(path, out); });
    if (request.query)
      rewrite(*request.query, [](std::string_view query, auto& out) { masking::mask_form(query, false, out); });
  }

  void mask_operation(application_call& call) {
    rewrite(call.operation, [](std::string_view operation, auto& out) { masking::mask_path(operation, out); });
  }

  void mask_head(http_response& response) {
    masking::mask_headers(response.headers, policy_, stats_, work_left_);
    masking::mask_headers(response.trailers, policy_, stats_, work_left_);
  }

  /// Returns whether a part of the body was removed.
  template <class Message>
  bool mask_body(Message& message) {
    const auto type = header_value(message.headers, "Content-Type").value_or("");
    auto& body = message.body;
    const auto removed = rewrite(
        body.bytes, [&](std::string_view text, auto& out) { masking::mask_body(text, type, body.truncated, 0, out); });
    body.truncated |= removed;
    return removed;
  }

private:
  /// Lets `mask(text, writer)` mask `text`; returns whether a part of it was removed.
  template <class Mask>
  bool rewrite(std::string& text, Mask mask) {
    auto out = masking::mask_writer{text, policy_, stats_, work_left_};
    mask(std::string_view{text}, out);
    if (out.is_changed())
      text = std::move(out).take();
    return out.is_removed();
  }

  const redaction_policy& policy_;
  redaction_stats& stats_;
  std::size_t work_left_ = masking::work_max;
};

/// Has the masks of an exchange noted as long as it lives.
class noting_scope {
public:
  noting_scope(exchange& what, const redaction_policy& policy, redaction_stats& stats,
               std::vector<redaction_note>* notes) noexcept
      : recorder_{what, policy, notes}, stats_{stats} {
    stats_.notes = &recorder_;
  }
  noting_scope(const noting_scope&) = delete;
  noting_scope& operator=(const noting_scope&) = delete;
  ~noting_scope() { stats_.notes = nullptr; }

  void finish() { recorder_.finish(); }

private:
  masking::recorder recorder_;
  redaction_stats& stats_;
};

} // namespace

void redact(exchange& what, const redaction_policy& policy, redaction_stats& stats,
            std::vector<redaction_note>* notes) {
  ++stats.exchanges;
  auto noting = noting_scope{what, policy, stats, notes};
  auto pass = exchange_pass{policy, stats};
  if (what.request) // heads first: a costly body must not use up their share
    pass.mask_head(*what.request);
  if (what.response)
    pass.mask_head(*what.response);
  if (what.application)
    pass.mask_operation(*what.application);
  auto removed = what.request && pass.mask_body(*what.request);
  removed |= what.response && pass.mask_body(*what.response);
  noting.finish();
  if (removed && what.quality == exchange_quality::complete)
    what.quality = exchange_quality::truncated_limit;
  if (policy.metadata_only())
    drop_values(what, policy);
}

void redact(std::string& word, const redaction_policy& policy) {
  auto uncounted = redaction_stats{};
  auto work_left = masking::work_max;
  auto out = masking::mask_writer{word, policy, uncounted, work_left};
  masking::mask_host(word, out);
  if (out.is_changed())
    word = std::move(out).take();
}

} // namespace cleartap
