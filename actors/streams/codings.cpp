#include "actors/streams/codings.hpp"

#include "actors/streams/any_case.hpp"

namespace cleartap {

namespace {

struct named_coding {
  std::string_view name;
  coding which = coding::unknown;
};

constexpr auto names = std::to_array<named_coding>({{"identity", coding::identity},
                                                    {"gzip", coding::gzip},
                                                    {"x-gzip", coding::gzip},
                                                    {"deflate", coding::deflate},
                                                    {"br", coding::brotli},
                                                    {"zstd", coding::zstd}});

} // namespace

coding coding_of(std::string_view name) noexcept {
  const auto* const at = std::ranges::find_if(names, [&](const auto& each) { return equal_any_case(each.name, name); });
  return at == names.end() ? coding::unknown : at->which;
}

coding_end codings::remove(coding which, std::string_view from, std::size_t size_max, std::string& into) {
  auto output = coding_output{into, size_max};
  switch (which) {
  case coding::gzip:
    return inflate_.remove_gzip(from, output);
  case coding::deflate:
    return inflate_.remove_deflate(from, output);
  case coding::brotli:
    return brotli_.remove(from, output);
  case coding::zstd:
    return zstd_.remove(from, output);
  case coding::identity:
  case coding::unknown:
    break;
  }
  return coding_end::damaged;
}

} // namespace cleartap
