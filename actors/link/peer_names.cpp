#include "actors/link/peer_names.hpp"

#include "actors/link/openssl_pointers.hpp"
#include "config/host_name.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <strings.h>

namespace cleartap {

namespace {

std::string_view text_of(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string address_of(std::string_view bytes) {
  auto text = std::array<char, INET6_ADDRSTRLEN>{};
  const auto family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16)
    return {};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

/// Empty if it is no name of ours.
std::string name_of(const GENERAL_NAME& each) {
  if (each.type == GEN_IPADD)
    return address_of(text_of(each.d.iPAddress));
  if (each.type != GEN_DNS)
    return {};
  const auto text = text_of(each.d.dNSName);
  return is_dns_name(text.starts_with("*.") ? text.substr(2) : text) ? std::string{text} : std::string{};
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool is_one_label_below(std::string_view name, std::string_view domain) {
  const auto dot = name.find('.');
  return dot != name.npos && dot > 0 && same_name(name.substr(dot + 1), domain);
}

} // namespace

std::vector<std::string> names_of(X509* certificate) {
  auto names = std::vector<std::string>{};
  if (!certificate)
    return names;
  const auto all = general_names_ptr{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  for (auto i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    if (auto name = name_of(*sk_GENERAL_NAME_value(all.get(), i)); !name.empty())
      names.push_back(std::move(name));
  }
  return names;
}

bool vouches_for(X509* certificate, std::string_view name) {
  constexpr auto flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  if (!certificate)
    return false;
  if (is_ipv4_address(name) || is_ipv6_address(name))
    return X509_check_ip_asc(certificate, std::string{name}.c_str(), flags) == 1;
  // OpenSSL would take a leading dot for all names below.
  return is_dns_name(name) && X509_check_host(certificate, name.data(), name.size(), flags, nullptr) == 1;
}

bool is_peer(X509* certificate, std::string_view pattern) {
  if (!certificate)
    return false;
  if (pattern.empty())
    return true;
  if (!pattern.starts_with("*."))
    return vouches_for(certificate, pattern);
  return std::ranges::any_of(names_of(certificate),
                             [&](const auto& name) { return is_one_label_below(name, pattern.substr(2)); });
}

} // namespace cleartap
