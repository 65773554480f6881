#include "test/support/scene.hpp"

namespace cleartap::support {

namespace {

instance_settings settings_with(const std::filesystem::path& home,
                                const std::vector<std::pair<std::string, std::string>>& more) {
  auto settings = instance_settings{home};
  for (const auto& [key, value] : more)
    settings.set(key, value);
  return settings;
}

} // namespace

scene::scene(const std::vector<std::pair<std::string, std::string>>& more)
    : tap{settings_with(home.path(), more)}, watch{tap.settings()} {
  watch.warm_up(web.authority(), "/echo/warm-up", [this] { static_cast<void>(fetch(web.url("/echo/warm-up"))); });
}

observed_call scene::expect_call(const std::string& host, const std::string& path) {
  return {watch.expect_one(called("client", host, path)), watch.expect_one(called("server", host, path))};
}

} // namespace cleartap::support
