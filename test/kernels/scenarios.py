"""What is asked on which kernel: a row is a way to start cleartap and what must come of it. Refuses to know how."""

import dataclasses

ROOT = 0
SOMEONE = 1234

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
    hide_btf: bool = False  # the kernel looks as if built without BTF
    after_kill: bool = False  # an earlier cleartap was killed by SIGKILL and left what it leaves

    # What must come of it. None: not asked.
    transport: str = None  # "multi", "perf", "tracefs"
    sockets: str = None  # "tp_btf", "fentry", "none"
    buffer: str = None  # "ring", "perf"
    addresses: bool = True  # whether both sides of the exchange have their sockets; None: right or null
    late: str = "seen"  # a program with a library of its own that starts after cleartap: "seen", "no"
    refused: tuple = ()  # cleartap must not start, and the complaint must name all of these


@dataclasses.dataclass(frozen=True)
class Kernel:
    version: str
    suite: str  # of Debian, whose newest linux-image it is
    scenarios: tuple


# Below 6.6 a uprobe needs SYS_ADMIN, which has BPF and PERFMON in it, unless the administrator has set
# kernel.perf_event_paranoid to 2: then root's right to write to tracefs is enough.
ADMIN = ("SYS_ADMIN", *LOOK)
BPF = ("BPF", "PERFMON", *LOOK)

# Up to 5.10 maps are locked memory, of which there is too little without SYS_RESOURCE.
BEFORE_5_11 = (
    Scenario("root", transport="perf", sockets="fentry", buffer="ring"),
    Scenario(
        "someone with SYS_ADMIN and SYS_RESOURCE",
        user=SOMEONE,
        capabilities=(*ADMIN, "SYS_RESOURCE"),
        transport="perf",
        sockets="fentry",
        buffer="ring",
    ),
    Scenario(
        "someone with SYS_ADMIN, locked memory by limit",
        user=SOMEONE,
        capabilities=ADMIN,
        memlock=True,
        transport="perf",
        sockets="fentry",
        buffer="ring",
    ),
    Scenario(
        "root with BPF and PERFMON, paranoid 2",
        capabilities=(*BPF, "SYS_RESOURCE"),
        paranoid=2,
        transport="tracefs",
        sockets="fentry",
        buffer="ring",
    ),
    Scenario(
        "the same after a SIGKILL",
        capabilities=(*BPF, "SYS_RESOURCE"),
        paranoid=2,
        after_kill=True,
        transport="tracefs",
        sockets="fentry",
        buffer="ring",
    ),
    Scenario("root without BTF", hide_btf=True, transport="perf", sockets="none", addresses=None),
    Scenario("too little locked memory", capabilities=ADMIN, refused=("SYS_RESOURCE",)),
    Scenario(
        "paranoid 3 without SYS_ADMIN",
        capabilities=(*BPF, "SYS_RESOURCE"),
        refused=("SYS_ADMIN", "perf_event_paranoid"),
    ),
)

FROM_5_11 = (
    Scenario("root", transport="perf", sockets="fentry", buffer="ring"),
    Scenario(
        "someone with SYS_ADMIN", user=SOMEONE, capabilities=ADMIN, transport="perf", sockets="fentry", buffer="ring"
    ),
    Scenario(
        "root with BPF and PERFMON, paranoid 2",
        capabilities=BPF,
        paranoid=2,
        transport="tracefs",
        sockets="fentry",
        buffer="ring",
    ),
    Scenario(
        "the same after a SIGKILL",
        capabilities=BPF,
        paranoid=2,
        after_kill=True,
        transport="tracefs",
        sockets="fentry",
        buffer="ring",
    ),
    Scenario("root without BTF", hide_btf=True, transport="perf", sockets="none", addresses=None),
    Scenario("paranoid 3 without SYS_ADMIN", capabilities=BPF, refused=("SYS_ADMIN", "perf_event_paranoid")),
)

FROM_6_6 = (
    Scenario("root", transport="multi", sockets="tp_btf", buffer="ring"),
    Scenario(
        "someone with BPF and PERFMON",
        user=SOMEONE,
        capabilities=BPF,
        transport="multi",
        sockets="tp_btf",
        buffer="ring",
    ),
    Scenario("root without BTF", hide_btf=True, transport="multi", sockets="none", buffer="ring", addresses=None),
    Scenario("someone without PERFMON", user=SOMEONE, capabilities=("BPF", *LOOK), refused=("PERFMON",)),
)

KERNELS = (
    Kernel("5.10", "bullseye", BEFORE_5_11),
    Kernel("6.1", "bookworm", FROM_5_11),
    Kernel("6.12", "bookworm-backports", FROM_6_6),
)
