#include "actors/probes/uprobe_links.hpp"

#include <bpf/libbpf.h>

namespace cleartap {

namespace {

result<attached_probe> attach_multi(bpf_program* program, const std::string& file,
                                    std::span<const std::uint64_t> offsets, bool at_return) {
  static_assert(sizeof(unsigned long) == sizeof(std::uint64_t));
  LIBBPF_OPTS(bpf_uprobe_multi_opts, options, .offsets = reinterpret_cast<const unsigned long*>(offsets.data()),
              .cnt = offsets.size(), .retprobe = at_return);
  auto link = link_ptr{bpf_program__attach_uprobe_multi(program, -1, file.c_str(), nullptr, &options)};
  if (!link)
    return libbpf_failure("cannot probe " + file);
  return attached_probe{std::nullopt, std::move(link)};
}

result<attached_probe> attach_perf(bpf_program* program, const std::string& file, std::uint64_t offset,
                                   bool at_return) {
  LIBBPF_OPTS(bpf_uprobe_opts, options, .retprobe = at_return, .attach_mode = PROBE_ATTACH_MODE_PERF);
  auto link = link_ptr{bpf_program__attach_uprobe_opts(program, -1, file.c_str(), offset, &options)};
  if (!link)
    return libbpf_failure("cannot probe " + file);
  return attached_probe{std::nullopt, std::move(link)};
}

result<attached_probe> attach_tracefs(bpf_program* program, const std::filesystem::path& file, std::uint64_t offset,
                                      bool at_return) {
  auto root = tracefs_root();
  if (!root)
    return root.error();
  auto definition = tracefs_probe::define(*root, file, offset, at_return);
  if (!definition)
    return definition.error();
  auto link = definition->attach(program);
  if (!link)
    return link.error();
  return attached_probe{std::move(*definition), std::move(*link)};
}

} // namespace

result<attached_probes> attach_uprobes(uprobe_transport transport, bpf_program* program,
                                       const std::filesystem::path& file, std::span<const std::uint64_t> offsets,
                                       bool at_return) {
  auto attached = attached_probes{};
  if (transport == uprobe_transport::multi) {
    auto all = attach_multi(program, file.string(), offsets, at_return);
    if (!all)
      return all.error();
    attached.push_back(std::move(*all));
    return attached;
  }
  for (auto offset : offsets) {
    auto one = transport == uprobe_transport::perf ? attach_perf(program, file.string(), offset, at_return)
                                                   : attach_tracefs(program, file, offset, at_return);
    if (!one)
      return one.error();
    attached.push_back(std::move(*one));
  }
  return attached;
}

} // namespace cleartap
