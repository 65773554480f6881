// Writes inputs that the fuzzers begin with: fuzz_seeds DIR, with a directory per target. The same in each run.
#include "actors/link/exchange_bytes.hpp"
#include "actors/link/exchange_codec.hpp"
#include "actors/link/parts.hpp"
#include "test/fuzz/http_seeds.hpp"
#include "test/unit/coverage/hellos.hpp"
#include "test/unit/link/frames.hpp"
#include "test/unit/link/random_exchanges.hpp"
#include "test/unit/streams/encoders.hpp"
#include "test/unit/streams/hpack_blocks.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

using namespace cleartap;
using namespace cleartap::link_frames;

namespace {

class corpus {
public:
  explicit corpus(std::filesystem::path directory) : directory_{std::move(directory)} {
    std::filesystem::create_directories(directory_);
  }
  void add(const bytes& input) {
    auto file = std::ofstream{directory_ / ("seed-" + std::to_string(count_++)), std::ios::binary};
    file.write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  }

private:
  std::filesystem::path directory_;
  int count_ = 0;
};

/// The steps of frame_gate_fuzz.
writer arrives(const frame& each) {
  return writer{}.number(0, 1).number(each.payload.size(), 2).raw(each.header()).raw(each.payload);
}
writer goes_out(const frame& each) { return writer{}.number(1, 1).number(each.all().size(), 2).raw(each.all()); }
writer session(std::uint8_t mode, std::initializer_list<writer> steps) {
  auto all = writer{}.number(mode, 1);
  for (const auto& each : steps)
    all.raw(each);
  return all;
}

/// One request more than the window has; no mutation would find that many.
bytes full_window() {
  auto all = writer{}.number(0, 1);
  for (auto id = std::uint64_t{1}; id <= wire_requests_max + 1; ++id)
    all.raw(arrives(request(id, goodbye())));
  return all;
}

void write_frames(corpus target) {
  target.add(full_window());
  target.add(session(2, {arrives(client_hello(0)), arrives(client_hello(2)), arrives(heartbeat())}));
  target.add(session(3, {arrives(server_hello()), goes_out(client_hello(2)), arrives(heartbeat())}));
  target.add(session(0, {arrives(monitor(client_node, server_node, facade)), arrives(request(1, hello())),
                         goes_out(answer(1, acknowledgement())), arrives(request(2, part("abc", 1, 0, 2))),
                         arrives(request(3, part("def", 1, 1, 2))), goes_out(answer(2, acknowledgement())),
                         goes_out(answer(3, error())), arrives(request(4, goodbye())),
                         arrives(down(client_node, server_node, sender))}));
  target.add(session(1, {goes_out(request(1, hello())), arrives(monitor(server_node, client_node, sender)),
                         arrives(answer(1, acknowledgement())), goes_out(request(2, part("abc"))),
                         arrives(answer(2, error())), arrives(down(server_node, client_node, facade))}));
}

void write_exchanges(corpus target) {
  auto encoder = exchange_encoder{};
  for (auto seed = 0u; seed < 20; ++seed) {
    const auto batch = random_exchanges{seed}.batch(3);
    target.add(to_bytes(batch));
    target.add(encoder.encode(batch));
  }
}

void write_parts(corpus target) {
  const auto step = [](std::uint64_t number, std::uint64_t part, std::uint64_t parts, std::string_view text) {
    return writer{}.number(number, 1).number(part, 2).number(parts, 2).text(text);
  };
  const auto joined = [](std::initializer_list<writer> steps) {
    auto all = writer{};
    for (const auto& each : steps)
      all.raw(each);
    return all;
  };
  target.add(joined({step(1, 0, 1, "whole")}));
  target.add(joined({step(1, 0, 3, "a"), step(1, 1, 3, "b"), step(1, 2, 3, "c"), step(2, 0, 1, "d")}));
  target.add(joined({step(1, 0, 2, "a"), step(1, 0, 2, "a"), step(1, 1, 2, "b"), step(2, 256, 257, "x")}));
}

void write_hellos(corpus target) {
  using hellos::operator+;
  const auto named = hellos::server_name("shop.example");
  const auto spoken = hellos::protocols({"h2", "http/1.1"});
  target.add(hellos::hello{.extensions = named + spoken}.record());
  target.add(hellos::hello{.extensions = hellos::key_share(1200) + named}.record());
  target.add(hellos::hello{.has_extensions = false}.record());
  auto cut = hellos::hello{.extensions = named + hellos::key_share(1200)}.record();
  cut.resize(900);
  target.add(cut);
}

/// The inputs of hpack_fuzz: how the blocks are made, where the decoders join and lose, and the blocks.
writer header_session(bool deflated, std::uint64_t seed) {
  return writer{}.number(deflated ? 1 : 0, 1).number(seed % 4, 1).number(3 + seed % 4, 1);
}

writer raw_blocks(std::uint64_t seed) {
  auto random = hpack_random{seed};
  auto truth = hpack_truth{};
  auto all = header_session(false, seed);
  for (auto blocks = 0; blocks < 8; ++blocks) {
    const auto block = random_block(random, truth).bytes;
    all.number(block.size(), 2).raw(block);
  }
  return all;
}

writer deflated_blocks(std::uint64_t seed) {
  auto random = hpack_random{seed};
  auto all = header_session(true, seed);
  for (auto blocks = 0; blocks < 8; ++blocks) {
    const auto changes = random.below(8) == 0 ? 2u : 0u;
    all.number(changes, 1);
    for (auto left = changes; left > 0; --left)
      all.number(random.table_size(), 2);
    const auto fields = random.below(10);
    all.number(fields, 1);
    for (auto left = fields; left > 0; --left)
      for (const auto& text : {random.name(), random.value()})
        all.number(text.size(), 1).text(text);
  }
  return all;
}

void write_header_blocks(corpus target) {
  for (auto seed = 0u; seed < 10; ++seed) {
    target.add(raw_blocks(seed));
    target.add(deflated_blocks(seed));
  }
}

/// The bytes of content_decoder_fuzz: codings, limit, the body.
void write_bodies(corpus target) {
  using namespace encoders;
  const auto add = [&](int codings, std::string_view body) {
    target.add(writer{}.number(static_cast<std::uint64_t>(codings), 1).number(200, 1).raw({body.begin(), body.end()}));
  };
  const auto text = records(400);
  const auto gzipped = deflated(text, wrapping::gzip, 6, 100);
  add(1, gzipped);
  add(1, gzip("one") + gzip("two"));
  add(1, gzip(std::string(1'000'000, 'a')));
  add(2, deflated(text, wrapping::zlib));
  add(2, deflated(text, wrapping::raw, 1));
  add(3, brotli(text, {}, 100));
  add(3, brotli(text, {.quality = 11, .window_log = 24}));
  add(3, brotli(std::string(1'000'000, 'a')));
  add(4, zstd(text, {}, 100));
  add(4, zstd("one") + skippable("two") + zstd(text, {.level = 19, .tells_size = false}));
  add(4, zstd(std::string(1'000'000, 'a')));
  add(1 + 8 * 3, gzip(brotli(text)));
  add(3 + 8 * 4, brotli(zstd(text)));
  add(64 + 1, grpc_message(1, gzip(text)) + grpc_message(0, "plain") + grpc_message('\x80', "grpc-status: 0\r\n"));
  add(64 + 4, grpc_message(1, zstd(text)) + grpc_message(1, zstd("")) + grpc_message(1, ""));
}

void write_inputs(corpus target, const std::vector<std::string>& inputs) {
  for (const auto& each : inputs)
    target.add({each.begin(), each.end()});
}

/// The inputs of redaction_fuzz: type, key, whether the body is cut, what stands before and behind the secret.
void write_redaction(corpus target) {
  constexpr std::string_view bodies[] = {
      R"({"id":17,"user":{"password":"hunter2","pan":4111111111111111},"log":"{\"token\":\"abc\"}"})",
      "id=17&password=hunter2&data=%7B%22token%22%3A%22abc%22%7D&z=1",
      "--b7\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n--b7--\r\n",
      "<r><password>hunter2</password><f token=\"abc\"/></r>",
      "user: ann\npassword: hunter2\nhttps://ann:pw@db.test/x 078-05-1120\n",
      R"({"a":"\u0070assword=hunter2"})",
      "\x01\x02password\x03hunter2",
      "[[[[{\"name\":\"password\",\"value\":\"hunter2\"}]]"};
  for (auto type = std::size_t{0}; type < std::size(bodies); ++type)
    for (const auto& body : bodies)
      target.add(writer{}
                     .number(type, 1)
                     .number(type, 1)
                     .number(type % 2, 1)
                     .number(body.size() / 2, 2)
                     .raw({body.begin(), body.end()}));
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "Usage: fuzz_seeds DIR\n";
    return 2;
  }
  const auto directory = std::filesystem::path{argv[1]};
  write_frames(corpus{directory / "frame_gate"});
  write_exchanges(corpus{directory / "exchange_codec"});
  write_parts(corpus{directory / "part_assembly"});
  write_hellos(corpus{directory / "client_hello"});
  write_inputs(corpus{directory / "http1"}, fuzz::http1_inputs());
  write_inputs(corpus{directory / "http2"}, fuzz::http2_inputs());
  write_header_blocks(corpus{directory / "hpack"});
  write_bodies(corpus{directory / "content_decoder"});
  write_redaction(corpus{directory / "redaction"});
}
