// Loads every program of an object alone and prints what the verifier says to those that it refuses. Refuses to know
// which of them cleartap would load.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr auto log_bytes_max = std::size_t{16} << 20;
constexpr auto log_shown_max = std::size_t{6000}; // the reason is at the end

struct object_closer {
  void operator()(bpf_object* object) const noexcept { bpf_object__close(object); }
};
using object_ptr = std::unique_ptr<bpf_object, object_closer>;

std::string complaints;

int keep_complaints(libbpf_print_level level, const char* format, va_list arguments) {
  char line[1024];
  if (level == LIBBPF_WARN && std::vsnprintf(line, sizeof line, format, arguments) > 0)
    complaints += line;
  return 0;
}

std::vector<std::string> names_of(const char* path) {
  auto names = std::vector<std::string>{};
  auto object = object_ptr{bpf_object__open_file(path, nullptr)};
  auto* program = static_cast<bpf_program*>(nullptr);
  if (object)
    bpf_object__for_each_program(program, object.get()) names.emplace_back(bpf_program__name(program));
  return names;
}

/// As the kernels before 6.6 want it, which know no uprobe_multi: the verifier reads the same program either way.
void make_plain(bpf_program* program) {
  if (std::strstr(bpf_program__section_name(program), "probe.multi"))
    bpf_program__set_expected_attach_type(program, bpf_attach_type{});
}

void load(const char* path, const std::string& name) {
  auto log = std::vector<char>(log_bytes_max, '\0');
  auto object = object_ptr{bpf_object__open_file(path, nullptr)};
  auto* program = static_cast<bpf_program*>(nullptr);
  bpf_object__for_each_program(program, object.get()) {
    auto wanted = name == bpf_program__name(program);
    bpf_program__set_autoload(program, wanted);
    if (!wanted)
      continue;
    make_plain(program);
    bpf_program__set_log_buf(program, log.data(), log.size());
    bpf_program__set_log_level(program, 1);
  }
  complaints.clear();
  auto status = bpf_object__load(object.get());
  std::printf("%s: %s\n", name.c_str(), status == 0 ? "loads" : std::strerror(-status));
  if (status == 0)
    return;
  auto said = std::string{log.data()};
  std::printf("%s%s\n", complaints.c_str(), said.substr(said.size() - std::min(said.size(), log_shown_max)).c_str());
}

} // namespace

int main(int argc, char** argv) {
  libbpf_set_print(keep_complaints);
  for (auto i = 1; i < argc; ++i) {
    auto names = names_of(argv[i]);
    std::printf("%s: %zu programs\n", argv[i], names.size());
    for (const auto& name : names)
      load(argv[i], name);
  }
}
