#include "actors/page/assets.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace cleartap;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string_view text_of(std::string_view path) {
  const auto* file = find_asset(path);
  REQUIRE(file);
  return file->bytes;
}

/// What stands between `before` and the next quotation mark, at every place where `before` stands.
std::vector<std::string_view> quoted_after(std::string_view text, std::string_view before) {
  auto out = std::vector<std::string_view>{};
  for (auto at = text.find(before); at != std::string_view::npos; at = text.find(before, at + before.size())) {
    const auto begin = at + before.size();
    out.push_back(text.substr(begin, text.find('"', begin) - begin));
  }
  return out;
}

} // namespace

TEST_CASE("the root is the page itself") {
  REQUIRE(find_asset("/"));
  CHECK(find_asset("/")->path == "/index.html");
  CHECK(find_asset("/")->bytes.starts_with("<!doctype html>"));
}

TEST_CASE("only the files of the page are found") {
  CHECK(find_asset("") == nullptr);
  CHECK(find_asset("/nothing.js") == nullptr);
  CHECK(find_asset("/../app.js") == nullptr);
  CHECK(find_asset("app.js") == nullptr);
  CHECK(find_asset(std::string_view{"/app.js\0", 8}) == nullptr);
}

TEST_CASE("every kind of file has the content type that browsers insist on") {
  REQUIRE((find_asset("/app.js") && find_asset("/style.css") && find_asset("/icon.svg")));
  CHECK(find_asset("/")->content_type == "text/html; charset=utf-8");
  CHECK(find_asset("/app.js")->content_type == "text/javascript; charset=utf-8");
  CHECK(find_asset("/style.css")->content_type == "text/css; charset=utf-8");
  CHECK(find_asset("/icon.svg")->content_type == "image/svg+xml");
}

TEST_CASE("files are embedded to their last byte") {
  CHECK(text_of("/icon.svg").ends_with("</svg>\n"));
  CHECK(text_of("/").ends_with("</html>\n"));
}

TEST_CASE("entity tags are quoted and differ from file to file") {
  auto tags = std::set<std::string_view>{};
  for (const auto& file : assets()) {
    INFO(file.path << " has " << file.etag);
    REQUIRE(file.etag.size() == 18);
    CHECK(file.etag.front() == '"');
    CHECK(file.etag.back() == '"');
    CHECK(file.etag.substr(1, 16).find_first_not_of("0123456789abcdef") == std::string_view::npos);
    tags.insert(file.etag);
  }
  CHECK(tags.size() == assets().size());
}

TEST_CASE("files are ordered by path") { CHECK(std::ranges::is_sorted(assets(), {}, &asset::path)); }

TEST_CASE("the page has nothing inline that its policy would refuse") {
  const auto page = text_of("/");
  CHECK(quoted_after(page, "<script type=\"module\" src=\"") == std::vector<std::string_view>{"./app.js"});
  for (const auto* part : {"<script>", "<script type=\"module\">", "<style", " style=", " onclick=", " onload="}) {
    INFO(part);
    CHECK_FALSE(contains(page, part));
  }
}

TEST_CASE("no file turns text into markup or code") {
  for (const auto& file : assets())
    for (const auto* name : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                             "DOMParser", "createContextualFragment", "srcdoc"}) {
      INFO(file.path << " contains " << name);
      CHECK_FALSE(contains(file.bytes, name));
    }
}

TEST_CASE("no file names another host, so that the page works offline") {
  for (const auto& file : assets()) {
    INFO(file.path);
    CHECK_FALSE(contains(file.bytes, "https://"));
    CHECK_FALSE(contains(file.bytes, "url("));
    for (const auto address : quoted_after(file.bytes, "http://"))
      CHECK(address == "www.w3.org/2000/svg"); // a name space, never loaded
  }
}

TEST_CASE("every file that the page or a module names is embedded") {
  auto named = std::set<std::string_view>{};
  for (const auto& file : assets())
    for (const auto* before : {"from \".", "src=\".", "href=\"."})
      for (const auto path : quoted_after(file.bytes, before)) {
        INFO(file.path << " names " << path);
        CHECK(find_asset(path));
        named.insert(path);
      }
  CHECK(named.size() == assets().size() - 1); // nothing names the page itself, and no file is unused
}
