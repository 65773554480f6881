// HTTP/2 between real programs: many streams at once, trailers, long heads, streams that are cancelled, and connections
// that are older than cleartap. Bodies of every size are in the matrix.
#include "test/support/program_scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <memory>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

std::vector<std::string> node_server() { return {node(), program_script("protocols_server.js")}; }

const std::vector<std::pair<std::string, std::string>> under_load = {
    {"bodies.rate_max", "1073741824"}, {"capture.perfBufferPages", "8192"}, {"pipeline.feed.queue_max", "4096"}};

void skip_without_node() {
  if (node().empty())
    SKIP("there is no /usr/bin/node");
}

/// JavaScript with a `session` to the server, the paths in `paths`, and `ask(headers, then)`, which ends what it asks
/// and waits for the whole answer.
constexpr auto session_begin = R"(
const http2 = require("http2");
const [port, ca, ...paths] = process.argv.slice(1);
const session = http2.connect("https://localhost:" + port, { ca: require("fs").readFileSync(ca) });
const ask = (headers, body) => new Promise((done, failed) => {
  const request = session.request(headers, { endStream: body === undefined });
  request.resume();
  request.on("end", done);
  request.on("error", failed);
  if (body !== undefined) request.end(body);
});
const main = async () => {
)";
constexpr auto session_end = R"(
};
main().then(() => session.close(), (failure) => { console.error(failure); process.exit(1); });
)";

command node_client(const program_scene& in, const std::string& script, const std::vector<std::string>& paths) {
  auto words = std::vector<std::string>{node(), "-e", session_begin + script + session_end, std::to_string(in.port()),
                                        test_certificate().chain};
  words.insert(words.end(), paths.begin(), paths.end());
  return {std::move(words)};
}

void run_node_client(const program_scene& in, const std::string& script, const std::vector<std::string>& paths) {
  auto done = run(node_client(in, script, paths));
  REQUIRE(done.complaints == "");
  REQUIRE(done.status == 0);
}

void check_complete(const value& seen, int status) {
  CHECK(text(seen, "/request/version") == "2");
  CHECK(number(seen, "/response/status") == status);
  CHECK(text(seen, "/quality") == "complete");
}

/// How often each path was seen at one end; and that what was seen is not the answer to another.
class load_count {
public:
  explicit load_count(std::string begin) : begin_{std::move(begin)} {}

  void add(const value& seen) {
    auto path = text(seen, "/request/path");
    if (!path.starts_with(begin_))
      return;
    ++counts_[text(seen, "/role")][path];
    auto quality = text(seen, "/quality");
    auto right = (quality != "complete" && quality != "fields_unknown") ||
                 (body(seen, "/response") == R"({"method":"GET","path":")" + path + R"(","query":""})" &&
                  number(seen, "/response/status") == 200);
    wrong_ += right ? 0 : 1;
    incomplete_ += quality == "complete" ? 0 : 1;
  }

  std::size_t paths(const std::string& role) const { return counts_.contains(role) ? counts_.at(role).size() : 0; }
  int wrong() const { return wrong_; }
  int incomplete() const { return incomplete_; }
  int doubled() const {
    auto count = 0;
    for (const auto& [role, paths] : counts_)
      for (const auto& [path, times] : paths)
        count += times > 1 ? 1 : 0;
    return count;
  }

private:
  std::string begin_;
  std::map<std::string, std::map<std::string, int>> counts_;
  int wrong_ = 0;
  int incomplete_ = 0;
};

load_count count_load(watcher& watch, const std::string& begin) {
  auto count = load_count{begin};
  static_cast<void>(watch.seen([&](const value& each) {
    count.add(each);
    return false;
  }));
  return count;
}

void skip_without_hypercorn() {
  if (!succeeds("/usr/bin/python3 -c 'import hypercorn, h2'"))
    SKIP("hypercorn or h2 is not installed for /usr/bin/python3");
}

void skip_without_h2load() {
  if (!installed("h2load"))
    SKIP("h2load is not installed");
}

/// A file with that many addresses.
std::string addresses(const temporary_directory& home, const web_server& web, const std::string& begin,
                      std::size_t count) {
  auto lines = std::string{};
  for (auto i = std::size_t{0}; i < count; ++i)
    lines += web.url(begin + std::to_string(i)) + "\n";
  return home.write("addresses-" + unique_word(), lines);
}

command load(const std::string& list, const std::string& how_long) {
  return {{"h2load", "--clients=1", "--threads=1", "--max-concurrent-streams=32", "--input-file=" + list, how_long}};
}

} // namespace

TEST_CASE("thousands of requests in 32 streams of each connection: every answer is that of its request") {
  skip_without_h2load();
  constexpr auto connections = std::size_t{4};
  constexpr auto each = std::size_t{1500};
  auto in = scene{under_load};
  auto begin = "/echo/" + unique_word() + "/";
  auto running = std::vector<std::unique_ptr<child>>{};
  for (auto i = std::size_t{0}; i < connections; ++i)
    running.push_back(std::make_unique<child>(
        load(addresses(in.home, in.web, begin + std::to_string(i) + "/", each), "--requests=" + std::to_string(each))));
  for (const auto& one : running) {
    REQUIRE(one->wait(60s) == 0);
    REQUIRE(one->output().find(" " + std::to_string(each) + " succeeded, 0 failed") != std::string::npos);
  }
  constexpr auto all = connections * each;
  static_cast<void>(wait_until(
      [&] {
        auto count = count_load(in.watch, begin);
        return count.paths("client") == all && count.paths("server") == all;
      },
      30s));
  auto count = count_load(in.watch, begin);
  INFO(boost::json::serialize(in.tap.ctl("losses")));
  CHECK(count.wrong() == 0);
  CHECK(count.doubled() == 0);
  CHECK(count.incomplete() == 0);
  CHECK(count.paths("client") == all);
  CHECK(count.paths("server") == all);
}

TEST_CASE("cleartap that begins in the middle of 32 streams: no answer is taken for that of another") {
  skip_without_h2load();
  auto home = temporary_directory{};
  auto web = web_server{};
  auto begin = "/echo/" + unique_word() + "/";
  auto running = child{load(addresses(home, web, begin, 1000), "--duration=40")};
  auto settings = instance_settings{home.path()};
  for (const auto& [key, value] : under_load)
    settings.set(key, value);
  auto tap = sniffer{settings};
  auto watch = watcher{settings};
  auto many = [&] {
    auto count = count_load(watch, begin);
    return count.paths("client") > 500 && count.paths("server") > 500;
  };
  CHECK(wait_until(many, 30s));
  CHECK(running.running());
  CHECK(count_load(watch, begin).wrong() == 0);
}

TEST_CASE("trailers of requests and responses are told from headers") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  auto path = "/trailers/" + unique_word();
  run_node_client(in, R"(
    const request = session.request({ ":method": "POST", ":path": paths[0] }, { waitForTrailers: true });
    request.on("wantTrailers", () => request.sendTrailers({ "x-checked": "yes" }));
    request.resume();
    request.end("some content");
    await new Promise((done) => request.on("close", done));
  )",
                  {path});
  auto call = in.expect_call(path);
  for (const auto& seen : {call.client, call.server}) {
    check_complete(seen, 200);
    CHECK(body(seen, "/request") == "some content");
    CHECK(body(seen, "/response") == path);
    CHECK(header(seen, "/response", "x-path") == path);
    CHECK(trailer(seen, "/request", "x-checked") == "yes");
    CHECK(trailer(seen, "/response", "x-sum") == "of " + path);
    CHECK(header(seen, "/response", "x-sum") == "");
  }
}

TEST_CASE("a head that needs CONTINUATION frames is whole") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  auto path = "/echo/" + unique_word();
  run_node_client(in, R"(
    await ask({ ":path": paths[0], "x-long": "v".repeat(40000), "x-after": "after" });
    await ask({ ":path": paths[0] + "/next", "x-after": "after" });
  )",
                  {path});
  for (const auto& target : {path, path + "/next"}) {
    auto call = in.expect_call(target);
    for (const auto& seen : {call.client, call.server}) {
      check_complete(seen, 200);
      CHECK(header(seen, "/request", "x-after") == "after");
      CHECK(header(seen, "/request", "x-long").size() == (target == path ? 40000 : 0));
    }
  }
}

TEST_CASE("an early response and statuses without a body are one exchange each") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  auto word = unique_word();
  run_node_client(in, R"(
    await ask({ ":path": paths[0] });
    await ask({ ":path": paths[1], ":method": "HEAD" });
    await Promise.all([ask({ ":path": paths[2] }), ask({ ":path": paths[3] })]);
  )",
                  {"/early/" + word, "/echo/" + word, "/status/204/" + word, "/status/404/" + word});
  auto expect = [&](const std::string& path, int status, const std::string& method, const std::string& content) {
    auto call = in.expect_call(path);
    for (const auto& seen : {call.client, call.server}) {
      INFO(path);
      check_complete(seen, status);
      CHECK(text(seen, "/request/method") == method);
      CHECK(body(seen, "/response") == content);
    }
  };
  expect("/early/" + word, 200, "GET", "/early/" + word);
  expect("/echo/" + word, 200, "HEAD", "");
  expect("/status/204/" + word, 204, "GET", "");
  expect("/status/404/" + word, 404, "GET", "/status/404/" + word);
  auto early = [](const value& each) { return number(each, "/response/status") == 103; };
  CHECK(in.watch().seen(early).empty());
}

TEST_CASE("a stream that is cancelled is aborted, and those beside it are whole") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  auto word = unique_word();
  run_node_client(in, R"(
    const endless = session.request({ ":path": paths[0] });
    await new Promise((done) => endless.once("data", done));
    const beside = ask({ ":path": paths[1], ":method": "POST" }, "b".repeat(100000));
    endless.close(http2.constants.NGHTTP2_CANCEL);
    await beside;
    await ask({ ":path": paths[1] + "/next" });
  )",
                  {"/endless/" + word, "/echo/" + word});
  auto cancelled = in.expect_call("/endless/" + word);
  for (const auto& seen : {cancelled.client, cancelled.server}) {
    CHECK(text(seen, "/quality") == "aborted");
    CHECK(number(seen, "/response/status") == 200);
    CHECK(text(seen, "/response/truncated") == "true");
    auto content = body(seen, "/response");
    CHECK((content == std::string(content.size(), 'x')));
  }
  for (const auto& path : {"/echo/" + word, "/echo/" + word + "/next"}) {
    auto call = in.expect_call(path);
    check_complete(call.client, 200);
    check_complete(call.server, 200);
    CHECK(text(call.client, "/local") == text(cancelled.client, "/local"));
    CHECK(text(call.server, "/remote") == text(cancelled.client, "/local"));
  }
  CHECK((body(in.expect_call("/echo/" + word).client, "/response") == std::string(100000, 'b')));
}

TEST_CASE("a client that closes once it has the length that it was told has the whole answer") {
  skip_without_hypercorn();
  auto in = program_scene{{"/usr/bin/python3", program_script("hypercorn_server.py")}}; // ends its streams apart
  auto files = temporary_directory{};
  auto file = files.write("file", "the content").string();
  in.open_watch(file);
  REQUIRE(fetch(in.url(file), {"--http2"}).status == 200);
  for (auto role : {"client", "server"})
    for (const auto& seen : in.watch().expect(2, called(role, in.authority(), file))) {
      check_complete(seen, 200);
      CHECK(body(seen, "/response") == "the content");
      CHECK(text(seen, "/response/truncated") == "false");
    }
}

TEST_CASE("what an older connection refers to is unknown, and what it sends anew is right") {
  skip_without_hypercorn();
  if (!succeeds("/usr/bin/python3 -c 'import httpx'"))
    SKIP("httpx is not installed for /usr/bin/python3");
  auto in = program_scene{{"/usr/bin/python3", program_script("hypercorn_server.py")}};
  auto files = temporary_directory{};
  auto file = [&](const std::string& name) { return files.write(name, name + " content").string(); };
  auto old = file("old"), fresh = file("fresh"), warm = file("warm-up"), go = (files.path() / "go").string();
  REQUIRE(run({{"mkfifo", go}}).status == 0);
  // Of httpx every path is put into the table of its connection.
  auto client =
      child{{{"/usr/bin/python3", program_script("httpx_client.py"), std::to_string(in.port()),
              test_certificate().chain, "together", "GET " + old + ";wait " + go + ";GET " + old + ";GET " + fresh}}};
  REQUIRE(wait_until([&] { return client.output().find(old) != std::string::npos; }));
  in.open_watch(warm);
  std::ofstream{go} << "go";
  REQUIRE(client.wait() == 0);

  auto of_client = [&](const value& each) {
    return text(each, "/role") == "client" && number(each, "/process/pid") == client.pid();
  };
  auto all = in.watch().expect(2, of_client);
  REQUIRE(all.size() == 2);
  auto of_path = [&](const std::string& path) {
    auto fits =
        in.watch().seen([&](const value& each) { return of_client(each) && text(each, "/request/path") == path; });
    REQUIRE(fits.size() == 1);
    return fits.front();
  };
  auto unknown = of_path("null"), known = of_path(fresh);
  CHECK(body(unknown, "/response") == "old content");
  CHECK(body(known, "/response") == "fresh content");
  for (const auto& seen : {unknown, known}) {
    CHECK(text(seen, "/quality") == "fields_unknown");
    CHECK(text(seen, "/request/version") == "2");
    CHECK(text(seen, "/request/method") == "GET");
    CHECK(number(seen, "/response/status") == 200);
    CHECK(text(seen, "/request/host") == "null");
    CHECK(header(seen, "/request", "user-agent") == "");
  }
}
