#include "actors/ring/decode.hpp"

#include "bpf/events.h"

#include <cstring>
#include <type_traits>

namespace cleartap {

namespace {

template <class Record>
std::optional<Record> copy_head(std::span<const std::uint8_t> record) noexcept {
  static_assert(std::is_trivially_copyable_v<Record>);
  if (record.size() < sizeof(Record))
    return std::nullopt;
  auto head = Record{};
  std::memcpy(&head, record.data(), sizeof head);
  return head;
}

template <std::size_t Size>
std::string text(const char (&field)[Size]) {
  return {field, strnlen(field, Size)};
}

std::optional<socket_evidence> decode_evidence(__u8 evidence) noexcept {
  switch (evidence) {
  case EVIDENCE_INSIDE_CALL:
    return socket_evidence::inside_call;
  case EVIDENCE_DESCRIPTOR:
    return socket_evidence::descriptor;
  case EVIDENCE_AFTER_WRITE:
    return socket_evidence::after_write;
  case EVIDENCE_BEFORE_READ:
    return socket_evidence::before_read;
  case EVIDENCE_CIPHERTEXT:
    return socket_evidence::ciphertext;
  default:
    return std::nullopt;
  }
}

std::optional<tls_library> decode_library(__u8 library) noexcept {
  switch (library) {
  case LIBRARY_OPENSSL:
    return tls_library::openssl;
  case LIBRARY_GNUTLS:
    return tls_library::gnutls;
  case LIBRARY_NSS:
    return tls_library::nss;
  default:
    return std::nullopt;
  }
}

/// Of an event that carries less than it stands for.
std::optional<chunk_cut> decode_cut(__u8 cut) noexcept {
  switch (cut) {
  case CUT_NONE:
    return chunk_cut::none;
  case CUT_CALL_LIMIT:
    return chunk_cut::call_limit;
  case CUT_READ_FAULT:
    return chunk_cut::read_fault;
  case CUT_UNSEEN:
    return chunk_cut::unseen;
  default:
    return std::nullopt;
  }
}

std::optional<socket_pair> decode_socket(const tls_socket& socket) noexcept {
  if (socket.family != 4 && socket.family != 6)
    return std::nullopt;
  auto evidence = decode_evidence(socket.evidence);
  if (!evidence)
    return std::nullopt;
  auto family = socket.family == 4 ? ip_family::v4 : ip_family::v6;
  return socket_pair{.local = decode_endpoint(family, socket.local, socket.local_port),
                     .remote = decode_endpoint(family, socket.remote, socket.remote_port),
                     .evidence = *evidence};
}

} // namespace

endpoint decode_endpoint(ip_family family, const std::uint8_t (&address)[16], std::uint16_t port) noexcept {
  auto where = endpoint{.family = family, .address = {}, .port = port};
  std::memcpy(where.address.data(), address, family == ip_family::v4 ? 4 : 16);
  return where;
}

std::optional<decoded_chunk> decode_tls_event(std::span<const std::uint8_t> record) noexcept {
  auto head = copy_head<tls_event>(record);
  if (!head || head->kind > TLS_CLOSED || head->direction > TLS_OUTBOUND || head->size_captured > head->size_original ||
      head->size_captured > record.size() - sizeof(tls_event))
    return std::nullopt;
  auto library = decode_library(head->library);
  auto cut = decode_cut(head->cut);
  if (!library || !cut || (head->size_captured < head->size_original) != (*cut != chunk_cut::none))
    return std::nullopt;
  auto chunk = tls_chunk{};
  chunk.library = *library;
  chunk.cut = *cut;
  if (head->descriptor >= 0)
    chunk.descriptor = head->descriptor;
  chunk.connection = {head->tgid, head->object, kernel_time{head->generation_ns}};
  chunk.at = kernel_time{head->at_ns};
  chunk.way = head->direction == TLS_OUTBOUND ? direction::outbound : direction::inbound;
  chunk.sockets = decode_socket(head->socket);
  auto payload = record.subspan(sizeof(tls_event), head->size_captured);
  if (head->kind == TLS_CLOSED) {
    auto ends = copy_head<tls_ends>(payload);
    if (!ends)
      return std::nullopt;
    chunk.kind = chunk_kind::closed;
    chunk.ends = {ends->offset[TLS_INBOUND], ends->offset[TLS_OUTBOUND]};
    return decoded_chunk{chunk, {}};
  }
  chunk.offset = head->offset;
  chunk.size_original = head->size_original;
  chunk.size_captured = head->size_captured;
  return decoded_chunk{chunk, payload};
}

std::optional<process_event> decode_process_record(std::span<const std::uint8_t> record) {
  auto head = copy_head<process_record>(record);
  if (!head || head->kind > PROCESS_EXIT)
    return std::nullopt;
  auto event = process_event{};
  event.kind = head->kind == PROCESS_FORK   ? process_event_kind::fork
               : head->kind == PROCESS_EXEC ? process_event_kind::exec
                                            : process_event_kind::exit;
  event.at = kernel_time{head->at_ns};
  event.pid = head->tgid;
  event.parent = head->parent;
  event.comm = text(head->comm);
  event.path = text(head->path);
  event.cgroup = text(head->cgroup);
  return event;
}

} // namespace cleartap
