// libbpf explains a failure in many lines of log; this keeps the one that a person can use.
#pragma once

#include "messages/result.hpp"

#include <memory>
#include <string>

struct bpf_link;

namespace cleartap {

/// libbpf's log goes here from now on, and what it said so far is forgotten. Per thread.
void listen_to_libbpf();

/// `what`, the reason in errno, and what libbpf or the verifier had to say.
[[nodiscard]] failure libbpf_failure(std::string what);

struct link_deleter {
  void operator()(bpf_link* link) const noexcept;
};
using link_ptr = std::unique_ptr<bpf_link, link_deleter>;

} // namespace cleartap
