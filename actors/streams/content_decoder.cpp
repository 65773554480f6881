#include "actors/streams/content_decoder.hpp"

#include "actors/streams/any_case.hpp"

namespace cleartap {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  auto begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view{}
                                         : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Appends the list's codings that change bytes, and nothing beyond one more than `layers_max`.
void append_codings(std::string_view list, std::string_view neutral, std::vector<coding>& layers) {
  while (!list.empty() && layers.size() <= content_decoder::layers_max) {
    auto comma = list.find(',');
    auto word = trimmed(list.substr(0, comma));
    auto which = coding_of(word);
    if (!word.empty() && !equal_any_case(word, neutral) && which != coding::identity)
      layers.push_back(which);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
}

/// In the order in which the sender applied them: the transfer's come after the content's.
std::vector<coding> layers_of(const http_headers& headers) {
  auto layers = std::vector<coding>{};
  for (const auto& [name, value] : headers)
    if (equal_any_case(name, "content-encoding"))
      append_codings(value, "identity", layers);
  for (const auto& [name, value] : headers)
    if (equal_any_case(name, "transfer-encoding"))
      append_codings(value, "chunked", layers);
  return layers;
}

decode_outcome emptied(http_body& body) {
  body.bytes = {};
  body.truncated = true;
  return decode_outcome::undecodable;
}

} // namespace

content_decoder::outcome content_decoder::decode(const http_headers& headers, http_body& body, std::size_t size_max,
                                                 const decoding_limits& limits) {
  if (body.size_carried == 0)
    return outcome::done;
  auto layers = layers_of(headers);
  if (layers.size() > layers_max)
    return emptied(body);
  const auto how = remove(std::move(layers), body, size_max, limits);
  codings_.end_body();
  return how;
}

content_decoder::outcome content_decoder::remove(std::vector<coding> layers, http_body& body, std::size_t size_max,
                                                 const decoding_limits& limits) {
  const auto encoded = body.bytes.size();
  auto reached = outcome::done;
  auto made = std::size_t{0};
  for (; !layers.empty(); layers.pop_back()) {
    const auto allowed = layers.size() > 1 ? allowance_between(limits, encoded, size_max)
                                           : allowance_kept(limits, encoded, size_max, made);
    auto decoded = std::string{};
    const auto end = codings_.remove(layers.back(), body.bytes, allowed.size, decoded);
    if (end == coding_end::damaged)
      return emptied(body);
    made += decoded.size();
    body.bytes = std::move(decoded);
    body.truncated = body.truncated || end != coding_end::whole;
    if (reached == outcome::done && end == coding_end::full)
      reached = allowed.reached;
  }
  return reached;
}

} // namespace cleartap
