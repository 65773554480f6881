// Runs the tests with a copy of libssl of their own: probes on a file see every program that has it mapped, and what
// other programs on this machine do meanwhile must neither fill the ring nor count.
#include <catch2/catch_session.hpp>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <openssl/ssl.h>
#include <string>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

constexpr auto folder_variable = "CLEARTAP_TEST_LIBRARIES";

/// Does not return, unless it fails.
void run_with_own_library(char** arguments) {
  auto info = Dl_info{};
  auto folder = (fs::temp_directory_path() / "cleartap-bpf-XXXXXX").string();
  if (dladdr(reinterpret_cast<void*>(&SSL_read), &info) == 0 || !mkdtemp(folder.data()))
    return;
  auto library = fs::path{info.dli_fname};
  fs::copy_file(fs::canonical(library), fs::path{folder} / library.filename());
  setenv(folder_variable, folder.c_str(), 1);
  setenv("LD_LIBRARY_PATH", folder.c_str(), 1);
  execv("/proc/self/exe", arguments);
  fs::remove_all(folder);
}

} // namespace

int main(int count, char** arguments) {
  const auto* folder = std::getenv(folder_variable);
  if (!folder) {
    run_with_own_library(arguments);
    return EXIT_FAILURE;
  }
  auto failed = Catch::Session().run(count, arguments);
  fs::remove_all(folder);
  return failed;
}
