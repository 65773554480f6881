"""What is asked on which kernel: a row is a way to start cleartap and what must come of it. Refuses to know how."""

import dataclasses

ROOT = 0
SOMEONE = 1234
BTF_COPY = "/run/kernel.btf"

# Reading the maps and the libraries of other users' programs.
LOOK = ("SYS_PTRACE", "DAC_READ_SEARCH")


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    capabilities: tuple = None  # None: all of them
    user: int = ROOT
    settings: tuple = ()  # "key=value", given by --set
    paranoid: int = None  # kernel.perf_event_paranoid; None: as the distribution sets it
    memlock: bool = False  # whether memory may be locked without limit, as a service manager can allow
    hide_btf: bool = False  # the kernel looks as if built without BTF, which is at BTF_COPY instead
    after_kill: bool = False  # an earlier cleartap was killed by SIGKILL and left what it leaves

    # What must come of it. None: not asked.
    transport: str = None  # "uprobe_multi", "perf", "tracefs"
    sockets: str = None  # "tracepoint", "fexit", "none"
    buffer: str = None  # "ring", "perf"
    addresses: bool = True  # whether both sides of the exchange have their sockets; None: right or null
    late: str = "seen"  # a program with a library of its own that starts after cleartap: "seen", "no"
    refused: tuple = ()  # cleartap must not start, and the complaint must name all of these


@dataclasses.dataclass(frozen=True)
class Kernel:
    version: str
    suite: str  # of Debian, whose newest linux-image it is
    scenarios: tuple
    tests: tuple = ()  # of bpf_tests, by Catch2's patterns; () for all


# Every test loads the programs anew, which takes the verifier of 5.10 half a minute.
FEW_TESTS = ("a connection has its socket*,every transport*,programs that read no*",)

# Below 6.6 a uprobe needs SYS_ADMIN, which has BPF and PERFMON in it, unless the administrator has set
# kernel.perf_event_paranoid to 2: then root's right to write to tracefs is enough.
ADMIN = ("SYS_ADMIN", *LOOK)
BPF = ("BPF", "PERFMON", *LOOK)
# Up to 5.10 maps are locked memory, of which there is too little without SYS_RESOURCE.
LOCK = ("SYS_RESOURCE",)

# What is chosen where the kernel grants all, and what programs without BTF have: sockets by descriptor, where there is
# one.
BELOW_6_6 = {"transport": "perf", "sockets": "fexit", "buffer": "ring"}
TRACEFS = {**BELOW_6_6, "transport": "tracefs"}
FROM_6_6 = {"transport": "uprobe_multi", "sockets": "tracepoint", "buffer": "ring"}
UNTYPED = {"sockets": "none", "addresses": None}
EARLY = {"buffer": "perf", **UNTYPED}

NO_BTF = {"hide_btf": True}
BTF_FILE = {"hide_btf": True, "settings": (f"capture.btf_path={BTF_COPY}",)}


# As many events for a call as the programs may make, which costs the verifier most.
SMALL_EVENTS = {"name": "root, the smallest events", "settings": ("capture.maxBufferSize=1024",)}


def forced(name, choice):
    """The setting that fixes one choice, for a row of that name."""
    return {"name": f"root, {name}={choice}", "settings": (f"capture.{name}={choice}",)}


LINUX_5_10 = (
    Scenario("root", **BELOW_6_6),
    Scenario("someone with SYS_ADMIN, SYS_RESOURCE", user=SOMEONE, capabilities=(*ADMIN, *LOCK), **BELOW_6_6),
    Scenario("someone with SYS_ADMIN, locked memory", user=SOMEONE, capabilities=ADMIN, memlock=True, **BELOW_6_6),
    Scenario("root with BPF, PERFMON, paranoid 2", capabilities=(*BPF, *LOCK), paranoid=2, **TRACEFS),
    Scenario("the same after a SIGKILL", capabilities=(*BPF, *LOCK), paranoid=2, after_kill=True, **TRACEFS),
    Scenario("root without BTF", **NO_BTF, **{**BELOW_6_6, **UNTYPED}),
    # Of use for what reads structures; fexit looks into the kernel's own, and sock_send_length came with 6.3.
    Scenario("root with BTF in a file", **BTF_FILE, **{**BELOW_6_6, **UNTYPED}),
    Scenario(**forced("programs", "untyped"), **{**BELOW_6_6, **UNTYPED}),
    # The mode of 5.2 to 5.7.
    Scenario(**forced("programs", "early"), **{**BELOW_6_6, **EARLY}),
    Scenario(
        "early, someone with SYS_ADMIN, SYS_RESOURCE",
        user=SOMEONE,
        capabilities=(*ADMIN, *LOCK),
        settings=("capture.programs=early",),
        **{**BELOW_6_6, **EARLY},
    ),
    Scenario(**forced("transport", "tracefs"), **TRACEFS),
    Scenario(**forced("returns", "instruction"), **BELOW_6_6),
    Scenario(**SMALL_EVENTS, **BELOW_6_6),
    Scenario("too little locked memory", capabilities=ADMIN, refused=("SYS_RESOURCE",)),
    Scenario("paranoid 3, no SYS_ADMIN", capabilities=(*BPF, *LOCK), refused=("SYS_ADMIN", "perf_event_paranoid")),
)

LINUX_6_1 = (
    Scenario("root", **BELOW_6_6),
    Scenario("someone with SYS_ADMIN", user=SOMEONE, capabilities=ADMIN, **BELOW_6_6),
    Scenario("root with BPF, PERFMON, paranoid 2", capabilities=BPF, paranoid=2, **TRACEFS),
    Scenario("the same after a SIGKILL", capabilities=BPF, paranoid=2, after_kill=True, **TRACEFS),
    Scenario("root without BTF", **NO_BTF, **{**BELOW_6_6, **UNTYPED}),
    Scenario(**forced("transport", "tracefs"), **TRACEFS),
    Scenario(**forced("returns", "instruction"), **BELOW_6_6),
    Scenario(**SMALL_EVENTS, **BELOW_6_6),
    Scenario("paranoid 3, no SYS_ADMIN", capabilities=BPF, refused=("SYS_ADMIN", "perf_event_paranoid")),
)

LINUX_6_12 = (
    Scenario("root", **FROM_6_6),
    # perf, which Debian refuses to them, is needed neither to attach nor to see what is loaded later.
    Scenario("someone with BPF, PERFMON", user=SOMEONE, capabilities=BPF, **FROM_6_6),
    Scenario("root without BTF", **NO_BTF, **{**FROM_6_6, **UNTYPED}),
    Scenario(**forced("programs", "early"), **{**FROM_6_6, **EARLY}),
    Scenario(**forced("transport", "perf"), **{**FROM_6_6, "transport": "perf"}),
    Scenario(**forced("transport", "tracefs"), **{**FROM_6_6, "transport": "tracefs"}),
    Scenario(**forced("sockets", "fexit"), **{**FROM_6_6, "sockets": "fexit"}),
    Scenario(**forced("returns", "probe"), **FROM_6_6),
    Scenario(**forced("returns", "instruction"), **FROM_6_6),
    Scenario(**SMALL_EVENTS, **FROM_6_6),
    Scenario("someone without PERFMON", user=SOMEONE, capabilities=("BPF", *LOOK), refused=("PERFMON",)),
)

KERNELS = (
    Kernel("5.10", "bullseye", LINUX_5_10, FEW_TESTS),
    Kernel("6.1", "bookworm", LINUX_6_1),
    Kernel("6.12", "bookworm-backports", LINUX_6_12),
)
