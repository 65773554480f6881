// What redaction costs for bodies without secrets, in CPU time of one thread, as JSON lines.
#include "actors/redaction/redact.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <random>

using namespace cleartap;

namespace {

constexpr auto runs = 20;                          // the best of them counts: what else the machine does only ever adds
constexpr auto seconds_min = 0.05;                 // of CPU time per run
constexpr auto batch_bytes = std::size_t{1} << 20; // not more than what stays in the caches

double cpu_seconds() {
  auto now = timespec{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Texts of about `size`, the same in each run.
class text_source {
public:
  std::string repeated(std::size_t size, std::string_view before, std::string_view after,
                       const std::function<std::string()>& piece) {
    auto text = std::string{before};
    while (text.size() + after.size() < size)
      text += piece();
    return text += after;
  }

  std::string number(int digits) {
    auto text = std::string{};
    for (; digits > 0; --digits)
      text += static_cast<char>('0' + random_() % 10);
    return text;
  }

  std::string base64(std::size_t size) {
    constexpr auto digits = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
    auto text = std::string(size, ' ');
    for (auto& each : text)
      each = digits[random_() % digits.size()];
    return text;
  }

  /// What an API answers with: names, numbers, times, links.
  std::string json(std::size_t size) {
    return repeated(size, "{\"page\":1,\"items\":[", "{}]}", [this] {
      return R"({"id":)" + number(6) + R"(,"name":"Linen shirt, light","price":)" + number(2) +
             R"(.50,"created_at":"2026-11-23T08:25:11Z","tags":["summer","sale"],"url":"https://shop.test/items/)" +
             number(4) + R"(","in_stock":true,"description":"Woven in the old way, washes well at thirty degrees."},)";
    });
  }

  /// Text that its writer has escaped: lines, quotes and letters that are not ASCII.
  std::string escaped_json(std::size_t size) {
    return repeated(size, "[", "\"\"]", [this] {
      return R"("He said \"no\" \u00e0 )" + number(2) + R"( heures,\nand w\u00e9nt home.\n\tC:\\shop\\items\n",)";
    });
  }

  std::string html(std::size_t size) {
    return repeated(size, "<!doctype html><html><head><title>Shop</title></head><body>", "</body></html>", [this] {
      return R"(<div class="item" id="i)" + number(4) + R"("><a href="/items/)" + number(4) +
             R"("><img src="/static/i.png" alt="a shirt"></a><p>Woven in the old way, washes well.</p></div>)";
    });
  }

  std::string base64_heavy(std::size_t size) { return R"({"file":"report.bin","content":")" + base64(size) + R"("})"; }

  /// Numbers of any length, which must each be looked at.
  std::string digit_heavy(std::size_t size) {
    return repeated(size, "[", "0]", [this] { return number(static_cast<int>(6 + random_() % 14)) + ","; });
  }

  std::string digit_text(std::size_t size) {
    return repeated(size, "", "", [this] { return number(static_cast<int>(6 + random_() % 14)) + " "; });
  }

private:
  std::mt19937_64 random_{7};
};

/// Bytes per second of one run. Its notes and masks count too: digits are taken for cards now and then.
double rate_of(const char* type, const std::string& body, const redaction_policy& policy, redaction_stats& stats) {
  auto bytes = std::uint64_t{0};
  auto spent = 0.0;
  while (spent < seconds_min) {
    auto batch = std::vector<exchange>(batch_bytes / body.size() + 1);
    for (auto& each : batch) {
      auto& response = each.response.emplace();
      response.headers = {{"Content-Type", type}};
      response.body.bytes = body;
    }
    const auto begin = cpu_seconds();
    for (auto& each : batch)
      redact(each, policy, stats);
    spent += cpu_seconds() - begin;
    bytes += batch.size() * body.size();
  }
  return static_cast<double>(bytes) / spent;
}

void bench(const char* name, const char* type, const std::string& body) {
  const auto policy = redaction_policy{};
  auto stats = redaction_stats{};
  auto best = 0.0;
  for (auto i = 0; i < runs; ++i)
    best = std::max(best, rate_of(type, body, policy, stats));
  auto masks = std::uint64_t{0};
  for (const auto each : stats.masked)
    masks += each;
  std::printf("{\"bench\":\"redaction\",\"body\":\"%s\",\"bytes\":%zu,\"gigabytes_per_second_per_core\":%.3f,"
              "\"masks_per_body\":%.2f}\n",
              name, body.size(), best * 1e-9, static_cast<double>(masks) / static_cast<double>(stats.exchanges));
  std::fflush(stdout);
}

} // namespace

int main() {
  auto texts = text_source{};
  bench("json", "application/json", texts.json(1400));
  bench("json", "application/json", texts.json(16 * 1024));
  bench("html", "text/html", texts.html(16 * 1024));
  bench("base64 in json", "application/json", texts.base64_heavy(16 * 1024));
  bench("base64 as text", "text/plain", texts.base64(16 * 1024));
  bench("escapes in json", "application/json", texts.escaped_json(16 * 1024));
  bench("digits in json", "application/json", texts.digit_heavy(16 * 1024));
  bench("digits as text", "text/plain", texts.digit_text(16 * 1024));
}
