"""cleartap with given rights on this kernel: started, asked, looked at from outside, ended. Needs root."""

import contextlib
import json
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import scenarios

SECONDS_MAX = 60
LOADING_SECONDS_MAX = 400  # the verifier of 5.10, emulated, takes half a minute for all programs
READY = "this one captures"
UPROBE_EVENTS = Path("/sys/kernel/tracing/uprobe_events")
PARANOID = Path("/proc/sys/kernel/perf_event_paranoid")
FOREIGN = "someone/else_has_this"  # a definition there of another program, which must stay
BTF = "/sys/kernel/btf"
# include/uapi/linux/capability.h
CAPABILITIES = {
    "DAC_READ_SEARCH": 2,
    "NET_ADMIN": 12,
    "SYS_PTRACE": 19,
    "SYS_ADMIN": 21,
    "SYS_RESOURCE": 24,
    "PERFMON": 38,
    "BPF": 39,
}
MAP_RING, MAP_PERF = "27", "4"  # enum bpf_map_type
TRACE_FEXIT = "25"  # enum bpf_attach_type


@contextlib.contextmanager
def machine_of(scenario):
    """The machine as the scenario wants it, and as it was again afterwards."""
    before = PARANOID.read_text()
    if scenario["paranoid"] is not None:
        PARANOID.write_text(str(scenario["paranoid"]))
    if scenario["hide_btf"]:
        shutil.copy(f"{BTF}/vmlinux", scenarios.BTF_COPY)
        subprocess.run(["mount", "-t", "tmpfs", "none", BTF], check=True)
    try:
        yield
    finally:
        if scenario["hide_btf"]:
            subprocess.run(["umount", BTF], check=True)
        PARANOID.write_text(before)


def with_rights(scenario, words):
    """The command with the scenario's user and capabilities and no others, also not after exec."""
    if scenario["capabilities"] is None:
        return words
    only = ",".join(["-all", *("+" + name.lower() for name in scenario["capabilities"])])
    user = str(scenario["user"])
    rights = ["--bounding-set", only]
    if user != "0":
        rights += ["--reuid", user, "--regid", user, "--clear-groups", "--inh-caps", only, "--ambient-caps", only]
    return ["setpriv", *rights, *words]


def start(scenario, words):
    def allow_locked_memory():
        unlimited = resource.RLIM_INFINITY
        if scenario["memlock"]:
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (unlimited, unlimited))

    return subprocess.Popen(
        with_rights(scenario, words),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=allow_locked_memory,
    )


class Watcher:
    """`cleartap watch --json`, which captures by itself as no other cleartap runs."""

    def __init__(self, executable, scenario):
        self.scenario = scenario
        options = [word for each in scenario["settings"] for word in ("--set", each)]
        self.process = start(scenario, [executable, "watch", "--json", *options])
        self.output = {self.process.stdout: b"", self.process.stderr: b""}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def complaints(self):
        return self.output[self.process.stderr].decode(errors="replace").strip()

    def exchanges(self):
        whole_lines = self.output[self.process.stdout].rpartition(b"\n")[0]
        return [json.loads(line) for line in whole_lines.splitlines()]

    def until(self, condition, seconds_max=SECONDS_MAX):
        """Reads what it prints until the condition holds. False if it ends or the time is over before."""
        end = time.monotonic() + seconds_max
        open_ends = list(self.output)
        while not condition():
            readable = select.select(open_ends, [], [], max(0, end - time.monotonic()))[0]
            if not readable:
                return False
            for each in readable:
                piece = os.read(each.fileno(), 1 << 16)
                self.output[each] += piece
                if not piece:
                    open_ends.remove(each)
            if not open_ends:
                return condition()
        return True

    def ready(self):
        return self.until(lambda: READY in self.complaints(), LOADING_SECONDS_MAX)

    def ended(self):
        """Its exit status once its output has ended; None if it does not end."""
        self.until(lambda: False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=SECONDS_MAX)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def excess_rights(self):
        """What it has beyond the scenario's user and capabilities; "" as it should be."""
        fields = dict(
            re.findall(r"^(\w+):\s*(.*)$", Path(f"/proc/{self.process.pid}/status").read_text(), re.MULTILINE)
        )
        if self.scenario["capabilities"] is None:
            return ""
        allowed = sum(1 << CAPABILITIES[name] for name in self.scenario["capabilities"])
        excess = int(fields["CapPrm"], 16) & ~allowed
        users = set(fields["Uid"].split()) - {str(self.scenario["user"])}
        return f"capabilities {excess:#x}, users {users}" if excess or users else ""

    def perf_events(self):
        targets = []
        for each in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                targets.append(os.readlink(each))
        return targets.count("anon_inode:[perf_event]")

    def seen_by_kernel(self):
        """What the kernel says of its files: how probes were attached, where sockets are seen, how events travel."""
        texts = []
        for each in Path(f"/proc/{self.process.pid}/fdinfo").iterdir():
            with contextlib.suppress(FileNotFoundError):
                texts.append(each.read_text())
        whole = "\n".join(texts)
        field = lambda name: set(re.findall(rf"^{name}:\s*(\S+)", whole, re.MULTILINE))
        transport = "none"
        if "uprobe_multi" in field("link_type"):
            transport = "uprobe_multi"
        elif any(FOREIGN not in line for line in uprobe_events()):
            transport = "tracefs"
        elif self.perf_events() > 1:  # one is of the watch for new mappings
            transport = "perf"
        sockets = "fexit" if TRACE_FEXIT in field("attach_type") else "none"
        if "sock_send_length" in field("tp_name"):
            sockets = "tracepoint"
        # Only plaintext is ever sent by a perf buffer; other events may have a ring beside it.
        buffer = "perf" if MAP_PERF in field("map_type") else "ring" if MAP_RING in field("map_type") else "none"
        return {"transport": transport, "sockets": sockets, "buffer": buffer}


def define_foreign_event():
    """Python's open() would seek to the end, which the kernel refuses here; without O_APPEND the rest is deleted."""
    events = os.open(UPROBE_EVENTS, os.O_WRONLY | os.O_APPEND)
    os.write(events, f"p:{FOREIGN} /bin/true:0x0".encode())
    os.close(events)


def uprobe_events():
    return UPROBE_EVENTS.read_text().splitlines()


def check(executable, scenario):
    """`cleartap check --json` with the same rights."""
    process = start(scenario, [executable, "check", "--json"])
    try:
        output, complaints = process.communicate(timeout=LOADING_SECONDS_MAX)
    finally:
        process.kill()
        process.wait()
    if not output:
        raise RuntimeError(f"cleartap check says nothing; {complaints.decode(errors='replace').strip()}")
    return json.loads(output)
