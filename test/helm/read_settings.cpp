// Reads settings as the subcommands do, and does nothing with them: so the tests ask the program's own reader whether
// it accepts what the chart writes, without starting a sniffer.
#include "config/settings.hpp"

#include <iostream>
#include <span>
#include <string>
#include <vector>

/// FILE [KEY=VALUE]...
int main(int argc, char** argv) {
  const auto arguments = std::vector<std::string>(argv + 1, argv + argc);
  if (arguments.empty()) {
    std::cerr << "usage: read_settings FILE [KEY=VALUE]...\n";
    return 2;
  }
  const auto read = cleartap::load_settings(arguments.front(), std::span{arguments}.subspan(1));
  if (read)
    return 0;
  std::cerr << read.error().text << '\n';
  return 1;
}
