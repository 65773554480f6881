"""Without helm the tests of the chart are skipped and say why, whatever else is missing."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import chart


class Skipping(unittest.TestCase):
    def test_without_helm_and_go_a_test_is_skipped_with_the_reason(self):
        with tempfile.TemporaryDirectory() as nothing:
            done = subprocess.run(
                [sys.executable, "-B", Path(__file__).with_name("settings_test.py")],
                env={"PATH": nothing},
                capture_output=True,
                text=True,
            )
        self.assertEqual(done.returncode, chart.SKIPPED, done.stderr)
        self.assertIn("skipped: helm is missing; install it", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
