#include "test/support/program_plan.hpp"

#include "test/support/child.hpp"
#include "test/support/text.hpp"

#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>

namespace cleartap::support {

namespace {

void write_file(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << content;
}

} // namespace

call_plan::call_plan(std::filesystem::path directory, std::string same_answer)
    : directory_{std::move(directory)}, same_answer_{std::move(same_answer)} {}

void call_plan::connect() { connections_.push_back({.marker = unique_word()}); }

void call_plan::get(std::size_t size, writes way) { add_step("GET " + add(size, way).path); }

void call_plan::post(std::size_t size, writes way, std::size_t answer_size) {
  auto& call = add(answer_size, writes::one);
  call.request_body = fresh_bytes(size);
  auto file = call.path + ".body";
  write_file(file, call.request_body);
  add_step("POST " + call.path + " " + file + (way == writes::one ? " one" : " many"));
}

void call_plan::wait() {
  auto& to = connections_.back();
  to.fifo = directory() / "go";
  std::filesystem::create_directories(directory());
  if (mkfifo(to.fifo.c_str(), 0600) != 0)
    throw std::runtime_error{"mkfifo " + to.fifo};
  add_step("wait " + to.fifo);
}

void call_plan::go() const {
  for (const auto& each : connections_) {
    // Can be opened when the client waits at it.
    auto opened = [&] { return descriptor{open(each.fifo.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)}.get() >= 0; };
    if (!each.fifo.empty() && !wait_until(opened))
      throw std::runtime_error{"no client waits at " + each.fifo};
  }
}

std::vector<std::string> call_plan::arguments() const {
  auto all = std::vector<std::string>{};
  for (const auto& each : connections_)
    all.push_back(each.steps);
  return all;
}

planned_call& call_plan::add(std::size_t answer_size, writes way) {
  auto& calls = connections_.back().calls;
  auto path = (directory() / std::to_string(calls.size())).string() + (way == writes::many ? "-many" : "");
  auto answer = same_answer_.empty() ? fresh_bytes(answer_size) : same_answer_;
  write_file(path, answer);
  calls.push_back({.path = path, .response_body = std::move(answer)});
  return calls.back();
}

void call_plan::add_step(const std::string& step) {
  auto& steps = connections_.back().steps;
  steps += (steps.empty() ? "" : ";") + step;
}

std::string call_plan::fresh_bytes(std::size_t size) { return all_bytes(size, ++seed_); }

} // namespace cleartap::support
