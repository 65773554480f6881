// Texts that tests need: a file's content, words that nobody else uses, the time. Refuses to know what they are for.
#pragma once

#include <filesystem>
#include <string>

namespace cleartap::support {

/// The file's bytes; empty if there is none.
[[nodiscard]] std::string content_of(const std::filesystem::path& file);

/// "e2e" and ten random letters: what no other test and no other program sends.
[[nodiscard]] std::string unique_word();

/// The wall clock as cleartap writes it, rounded down to a millisecond.
[[nodiscard]] std::string now_text();

/// `size` bytes with every value of a byte, so that a lost, doubled or moved byte shows; another seed gives others. No
/// two letters are side by side: what looks like the name of a secret ends what is shown of binary data.
[[nodiscard]] std::string all_bytes(std::size_t size, std::size_t seed = 0);

} // namespace cleartap::support
