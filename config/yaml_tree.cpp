#include "config/yaml_tree.hpp"

#include "config/text.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace cleartap {
namespace {

std::size_t line_of(const YAML::Mark& mark) { return mark.is_null() ? 0 : static_cast<std::size_t>(mark.line) + 1; }

yaml_node node_at(std::size_t line, yaml_kind kind) {
  auto node = yaml_node{};
  node.kind = kind;
  node.line = line;
  return node;
}

yaml_node refusal(std::size_t line, std::string why) {
  auto node = node_at(line, yaml_kind::refused);
  node.text = std::move(why);
  return node;
}

/// Builds the tree from the parser's events. The nodes of yaml-cpp would have followed the aliases already.
class tree_builder final : public YAML::EventHandler {
public:
  yaml_node take_root() { return std::move(root_); }
  std::size_t start_line() const { return start_line_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_line_ = line_of(mark); }
  void OnDocumentEnd() override {}
  void OnMapEnd() override { close(); }
  void OnSequenceEnd() override { close(); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(checked(node_at(line_of(mark), yaml_kind::nothing), "", anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { add(refusal(line_of(mark), "is an alias")); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (find_unprintable(value) || value.find_first_of("\t\n\r") != std::string::npos)
      return add(refusal(line_of(mark), "holds a line break or a control character"));
    // The parser closes an open quote where the text ends, and makes a space of the last line break.
    if (value.ends_with(' '))
      return add(refusal(line_of(mark), "ends with a space or has no closing quote"));
    auto node = node_at(line_of(mark), yaml_kind::scalar);
    node.text = value;
    node.quoted = tag == "!";
    add(checked(std::move(node), tag, anchor));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({checked(node_at(line_of(mark), yaml_kind::list), tag, anchor), {}});
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({checked(node_at(line_of(mark), yaml_kind::map), tag, anchor), {}});
  }

private:
  struct collection {
    yaml_node node;
    std::optional<yaml_node> key; // of a map: read, its value not yet
  };

  /// "!" is the parser's tag for quoted scalars, "?" and none for what has no tag.
  static yaml_node checked(yaml_node node, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      return refusal(node.line, "has an anchor");
    if (!tag.empty() && tag != "!" && tag != "?")
      return refusal(node.line, "has a tag");
    return node;
  }

  void close() {
    auto done = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(done));
  }

  void add(yaml_node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& [parent, key] = open_.back();
    if (parent.kind == yaml_kind::map && !key) {
      key = std::move(node);
      return;
    }
    if (key)
      node = keyed(*std::exchange(key, std::nullopt), std::move(node));
    if (parent.kind != yaml_kind::refused)
      parent.children.push_back(std::move(node));
  }

  /// The line is the key's: the parser places an absent value where the next token starts.
  static yaml_node keyed(yaml_node key, yaml_node value) {
    value.line = key.line;
    value.key = key.kind == yaml_kind::scalar && !key.text.empty() ? std::move(key.text) : "?";
    return value;
  }

  std::vector<collection> open_;
  yaml_node root_;
  std::size_t start_line_ = 0;
};

std::size_t line_at(std::string_view text, std::size_t offset) {
  return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n')) +
         1;
}

yaml_node parse(std::string_view text) {
  auto input = std::istringstream{std::string{text}};
  auto parser = YAML::Parser{input};
  auto first = tree_builder{};
  auto second = tree_builder{};
  parser.HandleNextDocument(first);
  if (parser.HandleNextDocument(second))
    return refusal(second.start_line(), "starts a second document");
  return first.take_root();
}

} // namespace

yaml_node read_yaml(std::string_view text) {
  if (text.size() > yaml_size_max)
    return refusal(0, "is longer than " + std::to_string(yaml_size_max) + " bytes");
  if (const auto at = find_unprintable(text))
    return refusal(line_at(text, *at), "holds a control character or is not UTF-8");
  try {
    return parse(text);
  } catch (const YAML::DeepRecursion& e) {
    return refusal(line_of(e.mark), "is nested too deeply");
  } catch (const YAML::Exception& e) {
    return refusal(line_of(e.mark), "is not valid YAML: " + shown(e.msg) + "; check indentation, brackets and quotes");
  }
}

} // namespace cleartap
