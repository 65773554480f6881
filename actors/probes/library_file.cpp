#include "actors/probes/library_file.hpp"

#include "actors/probes/elf_symbols.hpp"
#include "actors/probes/kernel_programs.hpp"

namespace cleartap {

result<library_contents> look_into(const std::filesystem::path& path) {
  auto functions = find_functions(path, probed_symbols());
  if (!functions)
    return functions.error();
  auto contents = library_contents{};
  if (!functions->empty())
    contents.family = "OpenSSL";
  contents.functions = std::move(*functions);
  return contents;
}

} // namespace cleartap
