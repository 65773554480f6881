#include "test/support/program_scene.hpp"

#include <stdexcept>

namespace cleartap::support {

namespace {

command with(std::vector<std::string> words, std::uint16_t port, const temporary_directory& home) {
  words.insert(words.end(), {std::to_string(port), test_certificate().chain, test_certificate().key, home.path()});
  return {std::move(words)};
}

} // namespace

program_scene::program_scene(std::vector<std::string> server) : server_{with(std::move(server), port_, home_)} {
  if (!wait_until([this] { return listening(port_) || !server_.running(); }) || !server_.running())
    throw std::runtime_error{"the server does not start: " + server_.complaints()};
}

void program_scene::open_watch(const std::string& path) {
  auto settings = instance_settings{home_.path()};
  settings.set("bodies.rate_max", "1073741824");
  settings.set("capture.perfBufferPages", "8192"); // a busy machine must not lose what is checked byte by byte
  settings.set("pipeline.feed.queue_max", "4096");
  tap_.emplace(settings);
  watch_.emplace(settings);
  watch_->warm_up(authority(), path, [&] { static_cast<void>(fetch(url(path), {"--http2"})); });
}

std::string program_script(const std::string& name) { return CLEARTAP_PROGRAMS "/" + name; }

bool succeeds(const std::string& shell_command) { return run({{"/bin/sh", "-c", shell_command}}).status == 0; }

} // namespace cleartap::support
