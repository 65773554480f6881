// Runs the tests with copies of the TLS libraries of their own: probes on a file see every program that has it mapped,
// and what other programs on this machine do meanwhile must neither fill the ring nor count.
#include "actors/probes/tracefs_probe.hpp"

#include <catch2/catch_session.hpp>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <openssl/ssl.h>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr auto folder_variable = "CLEARTAP_TEST_LIBRARIES";

/// The file that a function of a library is in.
fs::path file_of(void* function) {
  auto info = Dl_info{};
  return dladdr(function, &info) != 0 ? fs::path{info.dli_fname} : fs::path{};
}

/// Does not return, unless it fails.
void run_with_own_libraries(char** arguments) {
  auto folder = (fs::temp_directory_path() / "cleartap-bpf-XXXXXX").string();
  if (!mkdtemp(folder.data()))
    return;
  auto libraries = std::vector{file_of(reinterpret_cast<void*>(&SSL_read))};
  if (auto* gnutls = dlsym(RTLD_DEFAULT, "gnutls_record_send"))
    libraries.push_back(file_of(gnutls));
  for (const auto& each : libraries)
    fs::copy_file(fs::canonical(each), fs::path{folder} / each.filename());
  setenv(folder_variable, folder.c_str(), 1);
  setenv("LD_LIBRARY_PATH", folder.c_str(), 1);
  execv("/proc/self/exe", arguments);
  fs::remove_all(folder);
}

/// Where no tracefs is mounted, this program and its children get one, which is gone with them.
void mount_tracefs(const fs::path& place) {
  if (cleartap::tracefs_root())
    return;
  fs::create_directory(place);
  if (unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0)
    static_cast<void>(mount("tracefs", place.c_str(), "tracefs", 0, nullptr)); // else its tests are skipped
}

} // namespace

int main(int count, char** arguments) {
  const auto* folder = std::getenv(folder_variable);
  if (!folder) {
    run_with_own_libraries(arguments);
    return EXIT_FAILURE;
  }
  const auto tracefs = fs::path{folder} / "tracefs";
  mount_tracefs(tracefs);
  auto failed = Catch::Session().run(count, arguments);
  static_cast<void>(umount2(tracefs.c_str(), MNT_DETACH));
  fs::remove_all(folder);
  return failed;
}
