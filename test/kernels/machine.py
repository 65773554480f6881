"""A virtual machine that runs one program on a given kernel, with this machine's files. Refuses to know what it is for.

The files are shared read-only; what the guest writes stays in its memory. One CPU, as Linux 6.12 has failed under
emulation with two. It is always emulated (TCG), so that it is the same everywhere."""

import ctypes
import gzip
import os
import shutil
import signal
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEMORY_MB = 1536
APPLETS = ("sh", "mount", "mkdir", "cat", "insmod", "ifconfig", "chroot", "poweroff")
PR_SET_PDEATHSIG = 1


def initial_files(kernel, command, work):
    """The archive that the kernel unpacks and starts: busybox, the modules, the command."""
    root = work / "initial"
    for folder in ("bin", "dev", "proc", "sys"):
        (root / folder).mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), root / "bin")
    for name in APPLETS:
        (root / "bin" / name).symlink_to("busybox")
    shutil.copytree(kernel / "modules", root / "modules")
    shutil.copy(HERE / "init", root / "init")
    (root / "command").write_text("".join(f"{word}\n" for word in command))
    names = "\n".join(str(each.relative_to(root)) for each in root.rglob("*"))
    packed = subprocess.run(
        ["busybox", "cpio", "-o", "-H", "newc"], cwd=root, input=names.encode(), capture_output=True, check=True
    )
    archive = work / "initial.gz"
    archive.write_bytes(gzip.compress(packed.stdout, compresslevel=1))
    return archive


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(kernel, command, work, seconds_max):
    """Boots the kernel in that folder and runs the command there as root. What the command writes to /dev/ttyS1 is in
    work/results, the console in work/console. Returns what went wrong with the machine itself, or ""."""
    archive = initial_files(kernel, command, work)
    qemu = [
        *("qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", str(MEMORY_MB)),
        *("-nodefaults", "-no-user-config", "-display", "none", "-nic", "none", "-no-reboot"),
        *("-kernel", kernel / "vmlinuz", "-initrd", archive),
        *("-append", "console=ttyS0 quiet panic=-1 oops=panic"),
        *("-serial", f"file:{work}/console", "-serial", f"file:{work}/results"),
        *("-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"),
    ]
    done = subprocess.Popen(
        [str(word) for word in qemu],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=end_with_parent,
        text=True,
    )
    try:
        complaints = done.communicate(timeout=seconds_max)[1]
    except subprocess.TimeoutExpired:
        return f"the guest did not end in {seconds_max} s"
    finally:
        done.kill()
        done.wait()
    return f"qemu: {complaints.strip()}" if done.returncode else ""


def missing():
    """What is not there, in words for a person; "" if all is."""
    if os.getuid() != 0:
        return "the guest's files are this machine's, which only root may read; run as root"
    needed = {"qemu-system-x86_64": "qemu-system-x86", "busybox": "busybox-static", "modprobe": "kmod"}
    places = os.environ["PATH"] + ":/usr/sbin:/sbin"
    packages = [package for program, package in needed.items() if not shutil.which(program, path=places)]
    return f"{', '.join(packages)} missing; tools/install-deps --kernels installs them" if packages else ""
