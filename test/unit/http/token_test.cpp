#include "actors/http/token.hpp"

#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <set>
#include <sys/stat.h>

using namespace cleartap;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777u;
}

std::string refusal(const result<token_file>& file) { return file ? "written" : file.error().text; }
std::string refusal(const result<std::string>& token) { return token ? *token : token.error().text; }

std::size_t entries(const std::filesystem::path& directory) {
  auto all = std::filesystem::directory_iterator{directory};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Back to where it was at the end.
class working_directory {
public:
  explicit working_directory(const std::filesystem::path& there) : before_{std::filesystem::current_path()} {
    std::filesystem::current_path(there);
  }
  working_directory(const working_directory&) = delete;
  working_directory& operator=(const working_directory&) = delete;
  ~working_directory() { std::filesystem::current_path(before_); }

private:
  std::filesystem::path before_;
};

} // namespace

TEST_CASE("a token is 64 hex digits and each is another") {
  auto tokens = std::set<std::string>{};
  for (auto i = 0; i < 1000; ++i) {
    const auto token = make_token();
    CHECK(token.size() == 64);
    CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
    tokens.insert(token);
  }
  CHECK(tokens.size() == 1000);
}

TEST_CASE("the right token is let in") { CHECK(authorized("Bearer 5ecre7", "5ecre7")); }

TEST_CASE("nothing but the right token is let in") {
  CHECK_FALSE(authorized("", "5ecre7"));
  CHECK_FALSE(authorized("5ecre7", "5ecre7"));
  CHECK_FALSE(authorized("Bearer ", "5ecre7"));
  CHECK_FALSE(authorized("Bearer 5ecre8", "5ecre7")); // the last character
  CHECK_FALSE(authorized("Bearer 4ecre7", "5ecre7")); // the first
  CHECK_FALSE(authorized("Bearer 5ecre", "5ecre7"));
  CHECK_FALSE(authorized("Bearer 5ecre77", "5ecre7"));
  CHECK_FALSE(authorized("Bearer  5ecre7", "5ecre7"));
  CHECK_FALSE(authorized("Bearer 5ecre7 ", "5ecre7"));
  CHECK_FALSE(authorized("Basic5 5ecre7", "5ecre7"));
  CHECK_FALSE(authorized({"Bearer 5ecre7\0", 14}, "5ecre7"));
  CHECK_FALSE(authorized({"Bearer \0\0\0\0\0\0", 13}, "5ecre7"));
  CHECK_FALSE(authorized("Bearer " + std::string(1u << 20, '5'), "5ecre7"));
}

TEST_CASE("without a token nobody is let in") {
  CHECK_FALSE(authorized("", ""));
  CHECK_FALSE(authorized("Bearer ", ""));
}

TEST_CASE("the file holds the token for its owner alone, whatever the umask, and nothing lies beside it") {
  const auto dir = temporary_directory{};
  const auto path = dir.path() / "run/cleartap/admin.token";
  const auto before = umask(0);
  const auto file = token_file::create(path, "5ecre7");
  umask(before);
  CHECK(refusal(file) == "written");
  CHECK(mode_of(path) == 0600);
  CHECK(refusal(token_file::read(path)) == "5ecre7");
  CHECK(entries(path.parent_path()) == 1);
}

TEST_CASE("the file goes with its object, and a moved one takes it along") {
  const auto dir = temporary_directory{};
  const auto path = dir.path() / "token";
  {
    auto file = token_file::create(path, "a");
    REQUIRE(file);
    auto kept = std::optional<token_file>{};
    {
      auto moved = std::move(*file);
      kept.emplace(std::move(moved));
    }
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a file that an earlier run left is replaced, not written into") {
  const auto dir = temporary_directory{};
  const auto path = dir.write("token", "old");
  std::filesystem::permissions(path, std::filesystem::perms{0644});
  dir.write("token.new", "half");
  const auto file = token_file::create(path, "new");
  REQUIRE(file);
  CHECK(mode_of(path) == 0600);
  CHECK(refusal(token_file::read(path)) == "new");
  CHECK(entries(dir.path()) == 1);
}

TEST_CASE("a link that somebody left is not followed") {
  const auto dir = temporary_directory{};
  const auto victim = dir.write("victim", "precious");
  std::filesystem::create_symlink(victim, dir.path() / "token");
  std::filesystem::create_symlink(victim, dir.path() / "token.new");
  REQUIRE(token_file::create(dir.path() / "token", "5ecre7"));
  CHECK(refusal(token_file::read(victim)) == "precious");
}

TEST_CASE("a path without a directory is in the current one") {
  const auto dir = temporary_directory{};
  const auto there = working_directory{dir.path()};
  const auto file = token_file::create("admin.token", "5ecre7");
  CHECK(refusal(file) == "written");
  CHECK(refusal(token_file::read(dir.path() / "admin.token")) == "5ecre7");
}

TEST_CASE("a file that cannot be written is refused with the reason and the mend, and leaves no secret") {
  const auto dir = temporary_directory{};
  const auto taken = dir.path() / "token";
  std::filesystem::create_directory(taken);
  CHECK(refusal(token_file::create(taken, "5ecre7")) ==
        "cannot write " + taken.string() + ": Is a directory; choose another file with admin.token_file");
  CHECK(entries(dir.path()) == 1);
  const auto below = dir.write("file", "") / "token";
  CHECK(refusal(token_file::create(below, "5ecre7")) ==
        "cannot write " + below.string() + ": Not a directory; choose another file with admin.token_file");
}

TEST_CASE("a token that cannot be read is refused with the reason and the mend") {
  const auto dir = temporary_directory{};
  const auto mend = std::string{"; is cleartap running, and may you read its files? Run as the same user"};
  const auto missing = dir.path() / "missing";
  CHECK(refusal(token_file::read(missing)) ==
        "cannot read the admin token " + missing.string() + ": No such file or directory" + mend);
  CHECK(refusal(token_file::read(dir.path())) ==
        "cannot read the admin token " + dir.path().string() + ": Is a directory" + mend);
  const auto empty = dir.write("empty", "");
  CHECK(refusal(token_file::read(empty)) == "cannot read the admin token " + empty.string() + ": it is empty" + mend);
}

TEST_CASE("a token is read without the line end that an editor leaves") {
  const auto dir = temporary_directory{};
  CHECK(refusal(token_file::read(dir.write("token", "5ecre7\n"))) == "5ecre7");
}

TEST_CASE("a directory that was made for the token goes with it") {
  auto directory = temporary_directory{};
  auto path = directory.path() / "run" / "admin.token";
  {
    auto file = token_file::create(path, "secret");
    REQUIRE(file);
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(directory.path() / "run"));
  CHECK(std::filesystem::exists(directory.path()));
}

TEST_CASE("a token that a user gave is one word of some length") {
  const auto dir = temporary_directory{};
  const auto read = [&](std::string content) {
    return refusal(read_given_token(dir.write("given", content), "page.token_file"));
  };
  const auto refused = [&](std::string content, std::string_view reason) {
    const auto text = read(std::move(content));
    INFO(text);
    CHECK(text.starts_with("page.token_file: " + (dir.path() / "given").string() + ": "));
    CHECK(text.find(reason) != std::string::npos);
    CHECK(text.find("openssl rand -hex 32") != std::string::npos);
  };
  CHECK(read("0123456789abcdef") == "0123456789abcdef");
  CHECK(read("0123456789abcdef\r\n") == "0123456789abcdef");
  CHECK(read("0123456789abcdef0123456789abcdef\n").size() == 32);
  refused("", "is empty");
  refused("\n\n", "is empty");
  refused("0123456789abcde\n", "a token of 15 characters");
  refused(std::string(5000, 'a'), "a token of 4096 characters");
  refused("two words of some length", "no printable ASCII character");
  refused("0123456789abcdef\nand more", "no printable ASCII character");
  refused(std::string("0123456789abcdef\0", 17), "no printable ASCII character");
}

TEST_CASE("a given token that cannot be read is refused with the reason") {
  const auto dir = temporary_directory{};
  const auto missing = refusal(read_given_token(dir.path() / "missing", "page.token_file"));
  CHECK(missing.find("missing: cannot be read: No such file or directory; it must hold") != std::string::npos);
  const auto directory = refusal(read_given_token(dir.path(), "page.token_file"));
  CHECK(directory.find(": cannot be read: Is a directory; it must hold") != std::string::npos);
}
