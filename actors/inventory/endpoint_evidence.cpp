#include "actors/inventory/endpoint_evidence.hpp"

#include "actors/inventory/ascii.hpp"

#include <algorithm>
#include <cassert>
#include <string>

namespace cleartap {

namespace {

bool is_status(unsigned status) noexcept { return status >= 100 && status <= 599; }

void learn_response(endpoint_evidence& into, const exchange& one, bool complete, const schema_limits& limits) {
  const auto status = one.response ? unsigned{one.response->status} : 0u;
  const auto known = !one.response || is_status(status);
  auto* evidence = known ? into.responses.admit(std::to_string(status), statuses_max) : nullptr;
  if (!evidence) {
    into.responses.leave_out();
    return;
  }
  count_up(evidence->responses);
  if (one.response)
    learn(evidence->bodies, one.response->headers, one.response->body, complete, limits);
}

void learn_sensitive(endpoint_evidence& into, const exchange& one) {
  for (const auto& [kind, place, shown] : one.findings) {
    const auto name = kind + " " + place;
    auto* evidence = is_sensitive_name(name) ? into.sensitive.admit(name, sensitive_max) : nullptr;
    if (!evidence) {
      into.sensitive.leave_out();
      continue;
    }
    count_up(evidence->exchanges);
    if (shown)
      count_up(evidence->shown);
    evidence->last = std::max(evidence->last, one.time);
  }
}

} // namespace

bool is_sensitive_name(std::string_view text) noexcept {
  const auto blank = text.find(' ');
  const auto is_shown = [](char c) { return c > ' ' && c <= '~'; };
  return text.size() <= sensitive_size_max && blank != std::string_view::npos && blank > 0 && blank + 1 < text.size() &&
         std::ranges::all_of(text.substr(0, blank), is_shown) && std::ranges::all_of(text.substr(blank + 1), is_shown);
}

bool is_status_name(std::string_view text) noexcept {
  return text == "0" ||
         (text.size() == 3 && text[0] >= '1' && text[0] <= '5' && is_digit(text[1]) && is_digit(text[2]));
}

void learn(endpoint_evidence& into, const exchange& one, const schema_limits& limits) {
  assert(one.request);
  const auto complete =
      one.quality == exchange_quality::complete || one.quality == exchange_quality::fields_unknown; // the bodies are
  count_up(one.role == observer_role::server ? into.served : into.called);
  into.seen.include({one.time, one.time});
  if (one.request->query)
    learn(into.query, *one.request->query);
  learn(into.requests, one.request->headers, one.request->body, complete, limits);
  learn_response(into, one, complete, limits);
  learn_sensitive(into, one);
}

void merge(bottom_k<sensitive_evidence>& into, const bottom_k<sensitive_evidence>& from) {
  into.merge(from, sensitive_max, [](sensitive_evidence& ours, const sensitive_evidence& theirs) {
    count_up(ours.exchanges, theirs.exchanges);
    count_up(ours.shown, theirs.shown);
    ours.last = std::max(ours.last, theirs.last);
  });
}

void merge(endpoint_evidence& into, const endpoint_evidence& from, const schema_limits& limits) {
  count_up(into.served, from.served);
  count_up(into.called, from.called);
  into.seen.include(from.seen);
  merge(into.query, from.query, limits);
  merge(into.requests, from.requests, limits);
  into.responses.merge(from.responses, statuses_max, [&](response_evidence& ours, const response_evidence& theirs) {
    count_up(ours.responses, theirs.responses);
    merge(ours.bodies, theirs.bodies, limits);
  });
  merge(into.sensitive, from.sensitive);
}

} // namespace cleartap
