#include "tools/cleartap/ctl_restart.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <thread>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto ask_interval = 20ms;
constexpr auto restart_time_max = 5s; // the longest back-off is one second

std::string name_of(const json::object& actor) { return std::string{actor.at("name").as_string()}; }
std::string label_of(const json::object& actor) {
  return name_of(actor) + "[" + json::serialize(actor.at("index")) + "]";
}
std::uint64_t restarts_of(const json::object& actor) { return actor.at("restarts").to_number<std::uint64_t>(); }

result<json::array> list_actors(const admin_client& admin) {
  auto answer = admin.get("/v1/actors");
  if (!answer)
    return answer.error();
  return json::parse(*answer).at("actors").as_array();
}

/// The one actor that is meant; a name alone means the only one of that name.
result<json::object> find_actor(const json::array& actors, const std::string& wanted) {
  auto found = std::vector<json::object>{};
  auto all = std::string{};
  for (const auto& each : actors) {
    const auto& actor = each.as_object();
    if (wanted == label_of(actor) || wanted == name_of(actor))
      found.push_back(actor);
    all += (all.empty() ? "" : ", ") + label_of(actor);
  }
  if (found.size() == 1)
    return found.front();
  return failure{(found.empty() ? "there is no actor " : "there are several actors ") + wanted + "; choose one of " +
                 all};
}

/// Waits until the actor has begun again. The admin port itself may be what restarts, and not answer for a while.
result<std::string> wait_for_restart(const admin_client& admin, const json::object& before) {
  const auto label = label_of(before);
  auto last = failure{};
  for (auto end = std::chrono::steady_clock::now() + restart_time_max; std::chrono::steady_clock::now() < end;) {
    auto actors = list_actors(admin);
    if (!actors) {
      last = actors.error();
    } else {
      last = failure{label + " has not begun again yet: it is busy, or stuck, in what it does; if it stays so, only a "
                             "restart of the whole process helps"};
      auto now = find_actor(*actors, label);
      if (now && restarts_of(*now) > restarts_of(before) && now->at("phase").as_string() == "running")
        return json::serialize(*now);
    }
    std::this_thread::sleep_for(ask_interval);
  }
  return last;
}

} // namespace

result<std::string> restart_actor(const admin_client& admin, const std::string& actor) {
  auto actors = list_actors(admin);
  if (!actors)
    return actors.error();
  auto before = find_actor(*actors, actor);
  if (!before)
    return before.error();
  auto told = admin.post("/v1/restart/" + name_of(*before) + "/" + json::serialize(before->at("index")));
  // The answer is cut if it is the admin port that restarts.
  if (!told && name_of(*before) != "admin")
    return told.error();
  return wait_for_restart(admin, *before);
}

} // namespace cleartap
