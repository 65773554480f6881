"""The image that tools/image makes, run with the rights that the chart asks for. Needs root and podman."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import chart

TAG = "localhost/cleartap-test:image"
PROFILE = Path("/usr/share/containers/seccomp.json")


def run(*command, **options):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=1800, **options)


def missing():
    if os.getuid() != 0:
        return "making an image needs root"
    for program in ("podman", "mmdebstrap", "runc"):
        if not shutil.which(program):
            return f"{program} is missing; tools/install-deps --tests installs it"
    return ""


def seccomp_profile(folder):
    """The runtime's profile as containerd has it: who has CAP_BPF and CAP_PERFMON may make the calls of these names.
    Debian's podman is older than that rule."""
    profile = json.loads(PROFILE.read_text())
    calls = {"bpf": "CAP_BPF", "perf_event_open": "CAP_PERFMON"}
    for rule in profile["syscalls"]:
        rule["names"] = [name for name in rule["names"] if name not in calls]
    for name, capability in calls.items():
        allowed = {"names": [name], "action": "SCMP_ACT_ALLOW", "args": [], "includes": {"caps": [capability]}}
        profile["syscalls"].append(allowed)
    file = Path(folder, "seccomp.json")
    file.write_text(json.dumps(profile))
    return file


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # A store of its own, gone at the end.
        cls.folder = tempfile.mkdtemp(prefix="cleartap-image-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        storage = Path(cls.folder, "storage.conf")
        storage.write_text(f'[storage]\ndriver="vfs"\ngraphroot="{cls.folder}/store"\nrunroot="{cls.folder}/run"\n')
        cls.environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(storage), "TMPDIR": cls.folder}
        cls.archive = Path(cls.folder, "cleartap.tar")
        tool = chart.SOURCES / "tools" / "image"
        cls.made = run(tool, "--tag", TAG, "--save", cls.archive, env=cls.environment)

    def podman(self, *arguments):
        return run("podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs", *arguments, env=self.environment)

    def start(self, *arguments):
        """A container of the image that is gone when its program ends."""
        limits = ("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096")  # podman's own may exceed ours
        return self.podman("run", "--rm", "--network", "none", *limits, *arguments)

    def test_the_tool_names_the_image_and_leaves_nothing_else(self):
        self.assertEqual(self.made.returncode, 0, self.made.stderr)
        self.assertRegex(self.made.stdout, rf"^{TAG} \d+ MB\n$")
        self.assertEqual(
            set(os.listdir(self.folder)) - {"storage.conf", "store", "run", "cleartap.tar", "seccomp.json"}, set()
        )

    def test_it_has_no_shell_no_other_program_and_no_setuid_file(self):
        mounted = self.podman("image", "mount", TAG).stdout.strip()
        root = Path(mounted)
        self.assertEqual([each.name for each in (root / "usr/bin").iterdir()], ["cleartap"])
        self.assertFalse([name for name in ("bin", "sbin", "usr/sbin") if (root / name).exists()])
        for each in root.rglob("*"):
            self.assertFalse(each.lstat().st_mode & 0o6000, each)
        authorities = (root / "etc/ssl/certs/ca-certificates.crt").read_text()
        self.assertGreater(authorities.count("BEGIN CERTIFICATE"), 50)
        self.assertTrue((root / "var/lib/dpkg/status.d/libssl3").exists())
        self.podman("image", "unmount", TAG)

    def test_by_default_it_is_not_root(self):
        (about,) = json.loads(self.podman("image", "inspect", TAG).stdout)
        self.assertEqual(about["Config"]["User"], "65532:65532")
        done = self.start(TAG, "--version")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("cleartap "))

    def test_the_archive_brings_the_image_back_under_its_name(self):
        self.assertEqual(self.podman("rmi", TAG).returncode, 0)
        loaded = self.podman("load", "--quiet", "--input", self.archive)
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        self.assertEqual(self.podman("image", "exists", TAG).returncode, 0)

    def test_a_sniffer_can_capture_with_the_rights_that_the_chart_gives_it(self):
        here = run(chart.SOURCES / "build" / "cleartap", "check")
        if here.returncode != 0:
            self.skipTest(f"this kernel grants no probes even to root: {here.stdout}")
        pod = chart.pod_of(chart.render(values=chart.sniffer()), "DaemonSet", "tap-ebpf-sniffer")
        security = pod["containers"][0]["securityContext"]
        rights = ["--user", f"{security['runAsUser']}:{security['runAsGroup']}", "--cap-drop", "all"]
        for name in security["capabilities"]["add"]:
            rights += ["--cap-add", name]
        if not security["allowPrivilegeEscalation"]:
            rights += ["--security-opt", "no-new-privileges"]
        if security["readOnlyRootFilesystem"]:
            rights += ["--read-only", "--read-only-tmpfs=false"]
        if pod["hostPID"]:
            rights += ["--pid", "host"]
        rights += ["--security-opt", f"seccomp={seccomp_profile(self.folder)}"]
        for each in pod["volumes"]:
            if "hostPath" in each:
                rights += ["--volume", f"{each['hostPath']['path']}:{each['hostPath']['path']}"]
        done = self.start(*rights, TAG, "check", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        trials = {each["what"]: each["outcome"] for each in json.loads(done.stdout)["trials"]}
        self.assertEqual(trials["capabilities"], "ok")
        done = self.start("--user", "0", "--pid", "host", "--cap-drop", "all", TAG, "check")
        self.assertNotEqual(done.returncode, 0, "captures without any capability")


if __name__ == "__main__":
    if reason := missing():
        print(f"skipped: {reason}")
        sys.exit(chart.SKIPPED)
    chart.main()
