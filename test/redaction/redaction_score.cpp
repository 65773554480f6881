// Scores redaction, or writes the corpus; README.md tells the format.
#include "test/redaction/scorer.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace cleartap::score;

namespace {

constexpr auto seed = std::uint64_t{7};
constexpr auto secrets = std::size_t{8000};

int usage() {
  std::cerr << "Usage: redaction_score [--misses] [FILE]   scores FILE, or the generated corpus\n"
               "       redaction_score --write             writes the generated corpus\n";
  return 2;
}

std::vector<marked_text> read(const std::string& file) {
  auto texts = std::vector<marked_text>{};
  auto in = std::ifstream{file};
  if (!in)
    throw std::runtime_error{"cannot read " + file};
  for (auto line = std::string{}; std::getline(in, line);)
    if (!line.empty())
      texts.push_back(from_line(line));
  return texts;
}

} // namespace

int main(int argc, char** argv) try {
  auto file = std::string{};
  auto misses = false;
  for (auto i = 1; i < argc; ++i) {
    const auto word = std::string_view{argv[i]};
    if (word == "--write") {
      for (const auto& each : generate(seed, secrets))
        std::cout << to_line(each) << '\n';
      return 0;
    }
    if (word == "--misses")
      misses = true;
    else if (word.starts_with('-') || !file.empty())
      return usage();
    else
      file = word;
  }
  auto result = scores{};
  for (const auto& each : file.empty() ? generate(seed, secrets) : read(file))
    add(result, each);
  std::cout << to_json(result) << '\n';
  for (const auto& each : misses ? result.misses : std::vector<std::string>{})
    std::cerr << "shown: " << each << '\n';
  for (const auto& each : misses ? result.in_vain : std::vector<std::string>{})
    std::cerr << "masked in vain: " << each << '\n';
  return 0;
} catch (const std::exception& error) {
  std::cerr << "redaction_score: " << error.what() << '\n';
  return 1;
}
