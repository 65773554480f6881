#include "test/unit/streams/tap.hpp"

namespace cleartap {

namespace {

std::string text_of(const http_headers& headers, const http_body& body) {
  auto text = std::string{};
  for (const auto& [name, value] : headers)
    text += name + "=" + value + "|";
  return text + "\n" + body.bytes + "\n" + std::to_string(body.size_carried) + (body.truncated ? " truncated\n" : "\n");
}

} // namespace

std::string summary(const exchange& of) {
  auto text = of.request ? of.request->method + " " + of.request->path : std::string{"?"};
  text += of.response ? " -> " + std::to_string(of.response->status) : " -> ?";
  return text + " " + std::string{to_string(of.quality)};
}

std::vector<std::string> summaries(const std::vector<exchange>& of) {
  auto all = std::vector<std::string>{};
  for (const auto& each : of)
    all.push_back(summary(each));
  return all;
}

std::string everything(const exchange& of) {
  auto text = summary(of) + " " + std::string{to_string(of.role)} + "\n";
  if (of.request)
    text += of.request->scheme + " " + of.request->host + " " + of.request->query.value_or("-") + " " +
            of.request->version + "\n" + text_of(of.request->headers, of.request->body);
  if (of.response)
    text += text_of(of.response->headers, of.response->body);
  return text;
}

std::string everything(const std::vector<exchange>& of) {
  auto text = std::string{};
  for (const auto& each : of)
    text += everything(each) + "----\n";
  return text;
}

} // namespace cleartap
