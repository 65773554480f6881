"""The check for Linux 5.2 notices what 5.2 does not have, and nothing else."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import oldest_kernel
from bpf_object import BpfObject

PROLOGUE = """
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, __u64); __type(value, __u64); } table
    SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __type(key, int); __type(value, int); } events SEC(".maps");
static __noinline long called(long value) {
  __u64 key = value, *found = bpf_map_lookup_elem(&table, &key);
  return found ? *found + bpf_get_prandom_u32() : 0;
}
"""

RING = """
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
"""

# A function, a subprogram, an unrolled loop, the plain addition, and a jump back that is no loop.
CLEAN = """
SEC("uprobe") int program(void* context) {
  __u64 id = bpf_get_current_pid_tgid();
  __u64 sum = 0;
#pragma unroll
  for (int i = 0; i < 8; i++) sum += called(id + i);
  __u64* found = bpf_map_lookup_elem(&table, &id);
  if (found) __sync_fetch_and_add(found, 1);
  bpf_probe_read_user(&sum, sizeof sum, (void*)id);
  bpf_perf_event_output(context, &events, BPF_F_CURRENT_CPU, &sum, sizeof sum);
  return 0;
}
"""

HELPER = 'SEC("uprobe") int program(void* context) { return bpf_ktime_get_boot_ns(); }'
UNDER_CALL = """
static __noinline long hidden(void* context) { bpf_printk("x"); return bpf_jiffies64(); }
SEC("uprobe") int program(void* context) { return hidden(context); }
"""
LOOP = """
SEC("uprobe") int program(void* context) {
  long sum = 0;
#pragma nounroll
  for (int i = 0; i < 100; i++) sum += called(i);
  return sum;
}
"""
FETCH = """
SEC("uprobe") int program(void* context) {
  __u64 key = 0, *found = bpf_map_lookup_elem(&table, &key);
  return found ? __sync_fetch_and_add(found, 1) : 0;
}
"""
MAP = RING + """
SEC("uprobe") int program(void* context) { __u64 key = 0; return bpf_map_delete_elem(&ring, &key); }
SEC("uprobe") int other(void* context) { return called(1); }
"""
CALLBACK = """
static long each(__u32 index, void* data) { return 0; }
SEC("uprobe") int program(void* context) { return bpf_loop(8, each, 0, 0); }
"""
KIND = 'SEC("tp_btf/sched_process_exit") int program(void* context) { return called(0); }'
EXTERN = """
extern const void runqueues __ksym;
SEC("uprobe") int program(void* context) { return (long)&runqueues; }
"""


def found_in(code, *programs):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "program.bpf.c"), Path(folder, "program.bpf.o")
        source.write_text(PROLOGUE + code)
        compiler = [os.environ["CLANG"], "-g", "-O2", "-target", "bpf", "-mcpu=v3"]
        compiler += ["-I", os.environ["INCLUDES"]]
        subprocess.run([*compiler, "-c", source, "-o", target], check=True)
        return oldest_kernel.violations(BpfObject(target), programs)


class OldestKernel(unittest.TestCase):
    def finds(self, code, *texts):
        lines = found_in(code)
        self.assertEqual(len(lines), len(texts), lines)
        for line, text in zip(lines, texts):
            self.assertIn(text, line)

    def test_what_5_2_has_passes(self):
        self.assertEqual(found_in(CLEAN), [])

    def test_a_later_helper_is_found_also_in_a_function_that_is_called(self):
        self.finds(HELPER, "uses helper 125 (bpf_ktime_get_boot_ns, 5.8)")
        self.finds(UNDER_CALL, "uses helper 118 (bpf_jiffies64, 5.5)")
        self.finds(UNDER_CALL, "program in hidden: ")

    def test_a_loop_is_found(self):
        self.finds(LOOP, "ends a loop")

    def test_an_atomic_instruction_that_gives_a_result_is_found(self):
        self.finds(FETCH, "atomic")

    def test_a_later_map_is_found_where_it_is_used_and_where_it_is_only_made(self):
        self.finds(MAP, "uses map ring of type 27", "map ring is of type 27")
        self.assertEqual(found_in(MAP, "other"), [])

    def test_a_function_that_is_passed_to_a_helper_is_found(self):
        self.finds(CALLBACK, "takes the address of each (5.13)", "uses helper 181 (bpf_loop, 5.17)")

    def test_a_kind_of_program_that_5_2_does_not_have_is_found(self):
        self.finds(KIND, "program: is of kind tp_btf")

    def test_a_symbol_of_the_kernel_is_found(self):
        self.finds(EXTERN, "names runqueues")

    def test_a_program_that_is_not_there_is_no_success(self):
        self.assertEqual(found_in(CLEAN, "missing"), ["missing: there is no such program"])
        self.finds("", "the object has no programs")

    def test_the_programs_for_the_ring_buffer_do_not_pass(self):
        lines = oldest_kernel.violations(BpfObject(Path(os.environ["OBJECTS"], "capture.bpf.o")), ["call_returns"])
        for text in ("bpf_ringbuf_reserve, 5.8", "bpf_ringbuf_submit, 5.8", "map tls_ring of type 27", "ends a loop"):
            self.assertTrue(any(text in line for line in lines), f"{text}: {lines}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
