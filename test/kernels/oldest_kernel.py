#!/usr/bin/python3
"""Holds compiled kernel programs against what Linux 5.2 has, for there is none here to load them: helpers, loops,
instructions, maps, kinds of programs. Refuses to judge what only a verifier can: whether they would pass it."""

import argparse
import sys
from pathlib import Path

from bpf_object import CALL, LOAD_64, SHN_UNDEF, BpfObject

# The helpers that Linux 5.2 offers to programs of these kinds, each with the version that brought it (the list in
# include/uapi/linux/bpf.h; kernel/trace/bpf_trace.c says which are for tracing).
TRACING_HELPERS = {
    1: ("map_lookup_elem", "3.19"),
    2: ("map_update_elem", "3.19"),
    3: ("map_delete_elem", "3.19"),
    4: ("probe_read", "4.1"),
    5: ("ktime_get_ns", "4.1"),
    6: ("trace_printk", "4.1"),
    7: ("get_prandom_u32", "4.1"),
    8: ("get_smp_processor_id", "4.1"),
    12: ("tail_call", "4.2"),
    14: ("get_current_pid_tgid", "4.2"),
    15: ("get_current_uid_gid", "4.2"),
    16: ("get_current_comm", "4.2"),
    22: ("perf_event_read", "4.3"),
    25: ("perf_event_output", "4.4"),
    27: ("get_stackid", "4.6"),
    35: ("get_current_task", "4.8"),
    37: ("current_task_under_cgroup", "4.9"),
    42: ("get_numa_node_id", "4.10"),
    45: ("probe_read_str", "4.11"),
    67: ("get_stack", "4.18"),
    80: ("get_current_cgroup_id", "4.18"),
    87: ("map_push_elem", "4.20"),
    88: ("map_pop_elem", "4.20"),
    89: ("map_peek_elem", "4.20"),
}
# Of 5.5, but where the kernel has none of them libbpf puts 4 and 45 in their place before it loads a program.
REPLACED_HELPERS = {
    112: ("probe_read_user", "5.5"),
    113: ("probe_read_kernel", "5.5"),
    114: ("probe_read_user_str", "5.5"),
    115: ("probe_read_kernel_str", "5.5"),
}
# Those that a violation should name: what the other objects use.
LATER_HELPERS = {
    109: ("send_signal", "5.3"),
    118: ("jiffies64", "5.5"),
    125: ("ktime_get_boot_ns", "5.8"),
    130: ("ringbuf_output", "5.8"),
    131: ("ringbuf_reserve", "5.8"),
    132: ("ringbuf_submit", "5.8"),
    133: ("ringbuf_discard", "5.8"),
    134: ("ringbuf_query", "5.8"),
    181: ("loop", "5.17"),
}
MAPS_5_2 = 24  # BPF_MAP_TYPE_SK_STORAGE, the last one of 5.2
LATER_MAPS = {27: "ring buffer, 5.8"}
# The multi ones are ordinary uprobes unless they are attached as what their sections say.
UPROBE_SECTIONS = ("uprobe", "uretprobe", "uprobe.multi", "uretprobe.multi")
TRACING_SECTIONS = ("kprobe", "kretprobe", "tracepoint", "tp", "raw_tracepoint", "raw_tp", *UPROBE_SECTIONS)

# Instructions, by their code (include/uapi/linux/bpf.h).
JUMP, JUMP_32, STORE, LOAD = 5, 6, 3, 1  # classes, code & 7
ALWAYS, EXIT = 0x05, 0x95
ATOMIC = 0xC0
LOAD_SIGNED = 0x80
KERNEL_FUNCTION = 2


def helper_name(number):
    name, since = LATER_HELPERS.get(number, ("?", "another version or for other kinds of programs"))
    return f"helper {number} (bpf_{name}, {since})"


def map_kind(number):
    return f"type {number} ({LATER_MAPS.get(number, 'another version')})"


def successors(function, i):
    """The instructions that may run after this one."""
    each = function.instructions[i]
    kind = each.code & 7
    if each.code == EXIT:
        return []
    if each.code == ALWAYS:
        return [i + 1 + each.offset]
    if kind in (JUMP, JUMP_32) and each.code != CALL:
        return [i + 1, i + 1 + each.offset]
    return [i + 2 if each.code == LOAD_64 else i + 1]


def back_edge(function):
    """An instruction that jumps back into a path that leads to it, which 5.2 refuses as it does; or None."""
    OPEN, DONE = 1, 2
    state, path = {0: OPEN}, [(0, iter(successors(function, 0)))]
    while path:
        i, left = path[-1]
        for target in left:
            if state.get(target) == OPEN:
                return i
            if target not in state:
                state[target] = OPEN
                path.append((target, iter(successors(function, target))))
                break
        else:
            state[i] = DONE
            path.pop()
    return None


def forbidden_helper(each):
    if each.source == KERNEL_FUNCTION:
        return "calls a function of the kernel (5.13)"
    allowed = each.source != 0 or each.value in TRACING_HELPERS or each.value in REPLACED_HELPERS
    return None if allowed else "uses " + helper_name(each.value)


def forbidden_instruction(each):
    """Why 5.2 does not know it, or None."""
    kind, mode = each.code & 7, each.code & 0xE0
    if each.code == CALL:
        return forbidden_helper(each)
    if kind == STORE and mode == ATOMIC and each.value != 0:
        return "uses an atomic instruction other than an addition without result (5.12)"
    if kind == LOAD and mode == LOAD_SIGNED:
        return "loads with sign extension (6.6)"
    if kind in (4, 7) and each.offset != 0 and each.code & 0xF0 in (0x30, 0x90, 0xB0):
        return "divides or moves with sign extension (6.6)"
    if each.code in (0x06, 0xD7):
        return "uses a long jump or a byte swap of 6.6"
    return None


def function_violations(function, maps):
    skip = False
    for i, each in enumerate(function.instructions):
        if skip:  # the second half of a 64-bit load is no instruction
            skip = False
            continue
        skip = each.code == LOAD_64
        if reason := forbidden_instruction(each):
            yield f"instruction {i} {reason}"
        if skip and i in function.calls:
            yield f"instruction {i} takes the address of {function.calls[i]} (5.13)"
        symbol = function.symbols.get(i)
        if symbol and symbol.section == SHN_UNDEF:
            yield f"instruction {i} names {symbol.name}, which is not in the object (5.10)"
        elif symbol and maps.get(symbol.name, 0) > MAPS_5_2:
            yield f"instruction {i} uses map {symbol.name} of {map_kind(maps[symbol.name])}"
    if (at := back_edge(function)) is not None:
        yield f"instruction {at} ends a loop (5.3)"


def kind_violations(program):
    kind = program.section.split("/")[0]
    if kind not in TRACING_SECTIONS:
        yield f"is of kind {kind}, which 5.2 does not have, or for which there is no list of helpers here"


def violations(bpf, wanted):
    """A line for each reason why 5.2 cannot have these programs; all of the object's if none is named."""
    programs = bpf.programs()
    unknown = set(wanted) - set(programs)
    lines = [f"{name}: there is no such program" for name in sorted(unknown)]
    for name, program in programs.items():
        if wanted and name not in wanted:
            continue
        lines += [f"{name}: {each}" for each in kind_violations(program)]
        for function in bpf.reached_from(program):
            place = name if function is program else f"{name} in {function.name}"
            lines += [f"{place}: {each}" for each in function_violations(function, bpf.maps)]
    if not wanted:  # libbpf makes every map of an object
        lines += [f"map {name} is of {map_kind(kind)}" for name, kind in bpf.maps.items() if kind > MAPS_5_2]
    if not programs:
        lines.append("the object has no programs")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("object", type=Path, help="a compiled object, e.g. build/bpf/capture.bpf.o")
    parser.add_argument("program", nargs="*", help="only these programs of it and what they call")
    options = parser.parse_args()
    lines = violations(BpfObject(options.object), options.program)
    for line in lines:
        print(f"{options.object}: {line}")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
