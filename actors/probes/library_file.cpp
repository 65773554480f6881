#include "actors/probes/library_file.hpp"

#include "actors/probes/machine_code.hpp"
#include "actors/probes/probe_points.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace cleartap {

namespace {

using names = std::vector<std::string_view>;

/// Symbols that tell a library, looked up together with the functions that are probed.
constexpr auto handshake = std::string_view{"SSL_do_handshake"};        // not in GnuTLS's imitation of OpenSSL
constexpr auto grease = std::string_view{"SSL_CTX_set_grease_enabled"}; // BoringSSL alone
constexpr auto ssl_bio = std::string_view{"BIO_f_ssl"};
constexpr auto import_descriptor = std::string_view{"SSL_ImportFD"}; // NSS

/// What `BIO_METHOD` has at which offset, since OpenSSL 1.1.1 (crypto/bio/bio_local.h).
constexpr auto bio_write = std::uint64_t{16};
constexpr auto bio_write_old = std::uint64_t{24}; // empty: `bwrite` takes and tells a size_t
constexpr auto bio_read = std::uint64_t{32};

/// NSS's `sslSocketOps` (lib/ssl/sslimpl.h): twelve pointers to functions, of which `accept` is empty.
constexpr auto nss_operations = std::size_t{12};
enum nss_operation : std::size_t { nss_accept = 1, nss_close = 5, nss_recv, nss_send, nss_read, nss_write };

names wanted() {
  auto all = names{handshake, grease, ssl_bio, import_descriptor};
  for (auto points : {openssl_points(), gnutls_points()})
    std::ranges::transform(points, std::back_inserter(all), &probe_point::function);
  return all;
}

const elf_symbol* find(const std::vector<elf_symbol>& symbols, std::string_view name) {
  auto found = std::ranges::find(symbols, name, &elf_symbol::name);
  return found == symbols.end() ? nullptr : &*found;
}

void add(library_contents& to, const elf_file& file, std::string_view function, std::optional<std::uint64_t> address) {
  if (auto offset = address ? file.code_offset(*address) : std::nullopt)
    to.functions.push_back({std::string{function}, *offset});
}

void add_points(library_contents& to, const elf_file& file, const std::vector<elf_symbol>& symbols,
                std::span<const probe_point> points) {
  for (const auto& point : points)
    if (const auto* symbol = find(symbols, point.function))
      add(to, file, point.function, symbol->address);
}

/// What BIO_read and BIO_write call for an SSL BIO goes past SSL_read and SSL_write, and has no symbol.
void add_bio_methods(library_contents& to, const elf_file& file, std::uint64_t bio_f_ssl) {
  auto methods = returned_address(file, bio_f_ssl);
  if (!methods || file.pointer(*methods + bio_write_old))
    return;
  add(to, file, "BIO_f_ssl: write", file.pointer(*methods + bio_write));
  add(to, file, "BIO_f_ssl: read", file.pointer(*methods + bio_read));
}

using nss_table = std::array<std::uint64_t, nss_operations>;

/// The table that begins at `place`, if it can be one.
std::optional<nss_table> nss_table_at(const std::map<std::uint64_t, std::uint64_t>& pointers, std::uint64_t place) {
  auto table = nss_table{};
  for (std::size_t i = 0; i < nss_operations; ++i) {
    auto found = pointers.find(place + 8 * i);
    if ((found != pointers.end()) == (i == nss_accept))
      return std::nullopt;
    table[i] = found == pointers.end() ? 0 : found->second;
  }
  return table;
}

/// What NSS does on a descriptor with TLS. These functions have no symbols, but are called for nothing else, whatever
/// layers are above and below; PR_Read and PR_Write are called for files and terminals too. Their table is told from
/// the one for descriptors without TLS by `read`, which passes everything on to `recv`.
std::optional<nss_table> find_nss_operations(const elf_file& file) {
  auto pointers = std::map<std::uint64_t, std::uint64_t>{};
  file.visit_pointers([&](std::uint64_t place, std::uint64_t target) {
    if (file.code_offset(target))
      pointers.emplace(place, target);
    return true;
  });
  for (const auto& [place, target] : pointers)
    if (auto table = nss_table_at(pointers, place);
        table && begins_with_call(file, (*table)[nss_read], (*table)[nss_recv]))
      return table;
  return std::nullopt;
}

void add_nss(library_contents& to, const elf_file& file) {
  auto table = find_nss_operations(file);
  if (!table) {
    to.obstacle = "what NSS does on a descriptor with TLS is not where it is in known versions";
    return;
  }
  add(to, file, "NSS: close", (*table)[nss_close]);
  add(to, file, "NSS: recv", (*table)[nss_recv]);
  add(to, file, "NSS: send", (*table)[nss_send]);
  add(to, file, "NSS: read", (*table)[nss_read]);
  add(to, file, "NSS: write", (*table)[nss_write]);
}

} // namespace

result<library_contents> look_into(const std::filesystem::path& path) {
  auto file = elf_file::open(path);
  if (!file)
    return file.error();
  auto symbols = file->functions(wanted());
  auto contents = library_contents{};
  if (find(symbols, import_descriptor)) {
    contents.family = "NSS";
    add_nss(contents, *file);
  } else if (find(symbols, "gnutls_record_recv")) {
    contents.family = "GnuTLS";
    add_points(contents, *file, symbols, gnutls_points());
  } else if (find(symbols, handshake)) {
    contents.family = find(symbols, grease) ? "BoringSSL" : "OpenSSL";
    add_points(contents, *file, symbols, openssl_points());
    if (const auto* bio = find(symbols, ssl_bio))
      add_bio_methods(contents, *file, bio->address);
  }
  return contents;
}

} // namespace cleartap
