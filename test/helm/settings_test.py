"""What the chart writes for the programs, and its defaults."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

import chart

# The defaults of the parameters under trafficSource.ebpfSniffer that users know from other sniffers of this kind.
DEFAULTS = {
    "enabled": False,
    "logLevel": "info",
    "capture": {"maxBufferSize": 8192, "perfBufferPages": 64},
    "discovery": {"rescanInterval": 0},
    "process": {"enabled": True},
    "privileged": False,
    "legacyKernelSupport": False,
}


def refusal(settings, *overrides):
    """What the program's own reader says against these settings; empty: nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cleartap.yaml")
        file.write_text(settings)
        done = subprocess.run([os.environ["READ_SETTINGS"], file, *overrides], capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def overrides_of(pod):
    """The --set arguments of the only container, as the kubelet completes them."""
    arguments = pod["containers"][0]["args"]
    return [
        value.replace("$(NODE_NAME)", "ip-10-0-1-2.internal")
        for option, value in zip(arguments, arguments[1:])
        if option == "--set"
    ]


class Settings(unittest.TestCase):
    def test_parameters_have_their_known_defaults(self):
        values = yaml.safe_load((chart.CHART / "values.yaml").read_text())["trafficSource"]["ebpfSniffer"]
        self.assertEqual({key: values[key] for key in DEFAULTS}, DEFAULTS)

    def test_the_chart_repeats_no_default_of_the_program_differently(self):
        program = yaml.safe_load((chart.SOURCES / "config" / "cleartap.yaml").read_text())
        for section in ("logLevel", "capture", "discovery", "process"):
            known = DEFAULTS[section]
            got = program[section]
            self.assertEqual(known, {key: got[key] for key in known} if isinstance(known, dict) else got, section)

    def test_the_program_accepts_what_the_chart_writes(self):
        for values, name in ((chart.sniffer(), "tap"), (chart.EVERYTHING, "everything")):
            objects = chart.render(values=values)
            for side, kind in (("ebpf-sniffer", "DaemonSet"), ("reconstructor", "Deployment")):
                settings = chart.settings_of(objects, f"{name}-{side}")
                pod = chart.pod_of(objects, kind, f"{name}-{side}")
                self.assertEqual(refusal(settings, *overrides_of(pod)), "", settings)

    def test_the_program_accepts_every_part_of_redaction(self):
        redaction = {
            "mode": "full",
            "headers": ["X-Ref"],
            "headers_allow": ["X-Request-Id"],
            "keys": ["iban"],
            "patterns": [{"class": "badge", "pattern": "\\bB-[0-9]{6}\\b"}],
            "emails": True,
            "phones": False,
            "rules": [
                {"host": "*.pay.example", "mode": "metadata-only", "patterns": [{"class": "x", "pattern": "x+"}]},
                {"executable": "/usr/bin/report", "mode": "full", "keep_keys": ["pin"], "keep_classes": ["ssn"]},
            ],
        }
        objects = chart.render(values=chart.sniffer(redaction=redaction))
        settings = chart.settings_of(objects, "tap-ebpf-sniffer")
        self.assertEqual(yaml.safe_load(settings)["redaction"], redaction)
        self.assertEqual(refusal(settings), "")

    def test_the_program_tells_where_a_pattern_is_wrong(self):
        values = chart.sniffer(redaction={"patterns": [{"class": "x", "pattern": "a(b"}]})
        text = refusal(chart.settings_of(chart.render(values=values), "tap-ebpf-sniffer"))
        self.assertIn("redaction.patterns[0].pattern: ", text)
        self.assertIn("at its character 2", text)

    def test_the_reader_refuses_what_the_program_would(self):
        objects = chart.render(values=chart.sniffer(config={"capture": {"maxBuferSize": 1}}))
        self.assertIn("did you mean capture.maxBufferSize", refusal(chart.settings_of(objects, "tap-ebpf-sniffer")))

    def test_both_sides_name_each_other(self):
        objects = chart.render(values=chart.sniffer())
        sniffer = yaml.safe_load(chart.settings_of(objects, "tap-ebpf-sniffer"))
        host = "tap-reconstructor.apis.svc"
        self.assertEqual(sniffer["link"], {"connect": f"{host}:9443", "peer_name": host})
        self.assertIn(("Service", "tap-reconstructor"), objects)
        reconstructor = yaml.safe_load(chart.settings_of(objects, "tap-reconstructor"))
        self.assertEqual(reconstructor["link"]["peer_name"], "*.sniffer.cleartap")
        pod = chart.pod_of(objects, "DaemonSet", "tap-ebpf-sniffer")
        self.assertEqual(overrides_of(pod), ["link.node=ip-10-0-1-2.internal"])

    def test_any_setting_goes_over_what_the_chart_writes(self):
        config = {"process": {"enabled": False, "tree_max": 64}, "bodies": {"rate_max": 17179869184, "request_max": 0}}
        objects = chart.render(values=chart.sniffer(config=config))
        got = yaml.safe_load(chart.settings_of(objects, "tap-ebpf-sniffer"))
        self.assertEqual(got["process"], config["process"])
        self.assertEqual(got["bodies"], config["bodies"])
        self.assertEqual(got["capture"], DEFAULTS["capture"])

    def test_every_section_of_the_settings_can_be_given(self):
        program = yaml.safe_load((chart.SOURCES / "config" / "cleartap.yaml").read_text())
        schema = yaml.safe_load((chart.CHART / "values.schema.json").read_text())
        sections = {key for key, value in program.items() if isinstance(value, dict)}
        self.assertEqual(set(schema["definitions"]["config"]["properties"]), sections)

    def test_a_pod_starts_anew_when_its_own_settings_change(self):
        def checksums(values):
            objects = chart.render(values=values)
            return [
                objects[key]["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
                for key in (("DaemonSet", "tap-ebpf-sniffer"), ("Deployment", "tap-reconstructor"))
            ]

        before, after = checksums(chart.sniffer()), checksums(chart.sniffer(logLevel="debug"))
        self.assertNotEqual(before[0], after[0])
        self.assertEqual(before[1], after[1])


if __name__ == "__main__":
    chart.main()
