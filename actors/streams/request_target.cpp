#include "actors/streams/request_target.hpp"

namespace cleartap {

namespace {

// A password in the authority is not part of the host's name, and nothing behind this stage would look for it there.
std::string_view without_user(std::string_view authority) noexcept {
  auto at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

void split_query(request_target& into, std::string_view path) noexcept {
  auto mark = path.find('?');
  into.path = path.substr(0, mark);
  if (mark != std::string_view::npos)
    into.query = path.substr(mark + 1);
}

} // namespace

request_target split_target(std::string_view method, std::string_view target) noexcept {
  auto split = request_target{};
  if (method == "CONNECT") {
    split.host = without_user(target);
    return split;
  }
  auto scheme_end = target.starts_with('/') ? std::string_view::npos : target.find("://");
  if (scheme_end != std::string_view::npos) {
    split.scheme = target.substr(0, scheme_end);
    target.remove_prefix(scheme_end + 3);
    auto authority_end = target.find_first_of("/?#");
    split.host = without_user(target.substr(0, authority_end));
    target.remove_prefix(authority_end == std::string_view::npos ? target.size() : authority_end);
  }
  split_query(split, target);
  if (split.path.empty())
    split.path = "/";
  return split;
}

} // namespace cleartap
