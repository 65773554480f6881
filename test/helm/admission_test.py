"""The objects, read by Kubernetes' own types and judged by its own pod security levels."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import chart

SOURCE = Path(__file__).with_name("admission")


def go(*arguments):
    return subprocess.run(["go", *arguments], cwd=SOURCE, capture_output=True, text=True, timeout=600)


def missing():
    if not shutil.which("go"):
        return "a Go toolchain is missing, in which Kubernetes' own types are"
    done = go("mod", "download")
    return f"the Go modules of Kubernetes cannot be had: {done.stderr}" if done.returncode else ""


class Admission(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.program = Path(folder.name, "admission")
        done = go("build", "-o", cls.program, ".")
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    def verdicts(self, *arguments, values=None):
        objects = chart.template(*arguments, values=values).stdout
        done = subprocess.run([self.program], input=objects, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_kubernetes_knows_every_field_and_its_type(self):
        legacy = chart.sniffer(legacyKernelSupport=True)
        for arguments, values in (
            ([], {}),
            ([], chart.sniffer()),
            ([], chart.EVERYTHING),
            (["--kube-version", "1.20.0"], legacy),
        ):
            said = self.verdicts(*arguments, values=values)
            self.assertGreater(len(said), 5)
            self.assertEqual([each for each in said if each["error"]], [])

    def test_the_reconstructor_fits_the_restricted_level(self):
        (deployment,) = [each for each in self.verdicts() if each["kind"] == "Deployment"]
        self.assertEqual(deployment["restricted"], [])

    def test_only_what_the_sniffer_needs_keeps_it_from_the_restricted_level(self):
        (daemons,) = [each for each in self.verdicts(values=chart.sniffer()) if each["kind"] == "DaemonSet"]
        reasons = sorted(each.partition(":")[0] for each in daemons["restricted"])
        self.assertEqual(
            reasons,
            [
                "forbidden AppArmor profile",
                "host namespaces",
                "restricted volume types",
                "runAsNonRoot != true",
                "runAsUser=0",
                "seLinuxOptions",
                "unrestricted capabilities",
            ],
        )


if __name__ == "__main__":
    if reason := missing():
        print(f"skipped: {reason}")
        sys.exit(chart.SKIPPED)
    chart.main()
