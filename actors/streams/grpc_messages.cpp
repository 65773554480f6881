#include "actors/streams/grpc_messages.hpp"

namespace cleartap {

namespace {

constexpr auto header_size = std::size_t{5};

enum flag : std::uint8_t { plain = 0, compressed = 1, web_trailers = 0x80 };

std::size_t length_in(std::string_view header) noexcept {
  auto length = std::size_t{0};
  for (auto i = std::size_t{1}; i < header_size; ++i)
    length = length << 8 | bytes_of(header)[i];
  return length;
}

std::string plain_header(std::size_t length) {
  auto header = std::string(header_size, '\0');
  for (auto i = header_size; i > 1; length >>= 8)
    header[--i] = static_cast<char>(length & 0xFF);
  return header;
}

/// Goes through one body; `out` is what it becomes.
class rewriter {
public:
  rewriter(std::string_view body, coding which, decoding_allowance allowed, codings& removing) noexcept
      : rest_{body}, which_{which}, allowed_{allowed}, removing_{removing} {}

  grpc_messages run() {
    while (!rest_.empty() && step()) {
    }
    return result_;
  }

  std::string out;

private:
  /// Whether another message may follow.
  bool step() {
    if (rest_.size() < header_size)
      return cut();
    const auto kind = bytes_of(rest_)[0];
    if (kind != plain && kind != compressed && kind != web_trailers)
      return refuse();
    if (out.size() + header_size > allowed_.size)
      return reach_limit();
    const auto length = length_in(rest_);
    const auto there = rest_.substr(header_size, length);
    const auto all = there.size() == length;
    if (!(kind == compressed ? decompress(there, all) : append(rest_.substr(0, header_size + there.size()))))
      return false;
    if (!all)
      return cut();
    result_.whole += kind == web_trailers ? 0 : 1;
    rest_.remove_prefix(header_size + length);
    return true;
  }

  bool append(std::string_view bytes) {
    const auto kept = bytes.substr(0, allowed_.size - std::min(allowed_.size, out.size()));
    out.append(kept);
    return kept.size() == bytes.size() || reach_limit();
  }

  bool decompress(std::string_view from, bool all) {
    const auto at = out.size();
    out.append(header_size, '\0');
    const auto end = from.empty() ? coding_end::whole : removing_.remove(which_, from, allowed_.size, out);
    if (end == coding_end::damaged || (end == coding_end::early && all))
      return refuse();
    const auto made = out.size() - at - header_size;
    const auto whole = all && end == coding_end::whole;
    out.replace(at, header_size, plain_header(whole ? made : made + 1));
    return end != coding_end::full || reach_limit();
  }

  bool cut() noexcept {
    result_.last_cut = true;
    return false;
  }

  bool reach_limit() noexcept {
    result_.how = allowed_.reached;
    return cut();
  }

  bool refuse() noexcept {
    out.clear();
    result_ = {.how = decode_outcome::undecodable};
    return false;
  }

  std::string_view rest_;
  coding which_;
  decoding_allowance allowed_;
  codings& removing_;
  grpc_messages result_;
};

} // namespace

grpc_messages decode_grpc_messages(std::string_view grpc_encoding, http_body& body, std::size_t size_max,
                                   codings& removing, const decoding_limits& limits) {
  const auto allowed = allowance_kept(limits, body.bytes.size(), size_max);
  auto rewriting = rewriter{body.bytes, coding_of(grpc_encoding), allowed, removing};
  const auto result = rewriting.run();
  removing.end_body();
  body.bytes = std::move(rewriting.out);
  body.truncated = body.truncated || result.last_cut || result.how != decode_outcome::done;
  return result;
}

} // namespace cleartap
