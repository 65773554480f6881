// Loads every program of an object alone and prints what it costs the verifier, or what the verifier says against it.
// Refuses to know which of them cleartap would load.
#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr auto log_bytes_max = std::size_t{16} << 20;
constexpr auto log_statistics = std::uint32_t{4};   // BPF_LOG_STATS: with more, the log itself takes most of the time
constexpr auto log_instructions = std::uint32_t{1}; // BPF_LOG_LEVEL1
constexpr auto log_shown_max = std::size_t{6000};   // the reason is at the end

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

struct verdict {
  int status = 0;
  std::string log;
  double seconds = 0;
};

verdict load(const char* path, const std::string& name, std::uint32_t log_level) {
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
    bpf_program__set_log_level(program, log_level);
  }
  complaints.clear();
  auto began = std::chrono::steady_clock::now();
  auto status = bpf_object__load(object.get());
  return {status, log.data(), std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()};
}

void report(const char* path, const std::string& name) {
  auto quick = load(path, name, log_statistics);
  if (quick.status == 0) {
    auto processed = quick.log.find("processed ");
    auto statistics = processed == std::string::npos ? "" : quick.log.substr(processed);
    std::printf("%s: loads in %.1f s, %s\n", name.c_str(), quick.seconds,
                statistics.substr(0, statistics.find('\n')).c_str());
    return;
  }
  auto said = load(path, name, log_instructions).log;
  std::printf("%s: %s\n%s%s\n", name.c_str(), std::strerror(-quick.status), complaints.c_str(),
              said.substr(said.size() - std::min(said.size(), log_shown_max)).c_str());
}

} // namespace

int main(int argc, char** argv) {
  libbpf_set_print(keep_complaints);
  for (auto i = 1; i < argc; ++i) {
    auto names = names_of(argv[i]);
    std::printf("%s: %zu programs\n", argv[i], names.size());
    for (const auto& name : names)
      report(argv[i], name);
  }
}
