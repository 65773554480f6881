"""What the chart refuses before anything is installed, and how it says so."""

import unittest

import chart


class Refusals(unittest.TestCase):
    def refused(self, *words, values=None, sets=()):
        arguments = [part for each in sets for part in ("--set", each)]
        done = chart.template(*arguments, values=values)
        self.assertNotEqual(done.returncode, 0, f"accepted: {values or sets}")
        for word in words:
            self.assertIn(word, done.stderr)

    def test_unknown_values_are_refused_by_name_at_every_level(self):
        for key in (
            "replicas",
            "trafficSource.tapPlugin",
            "trafficSource.ebpfSniffer.goDiscovery.enabled",
            "trafficSource.ebpfSniffer.capture.maxBufferSizes",
            "reconstructor.JWT_TOKEN",
            "reconstructor.config.filter.namespaces",
            "link.certManager.issuer",
            "networkPolicy.pageTo",
        ):
            path = key.split(".")
            # The first part that there is not.
            unknown = next(part for part in path if part not in KNOWN)
            self.refused("additional properties", f"'{unknown}'", sets=[f"{key}=1"])

    def test_wrong_types_and_values_out_of_range_are_refused_with_what_is_accepted(self):
        sniffer = "trafficSource.ebpfSniffer"
        for key, value, wanted in (
            (f"{sniffer}.enabled", "yes", "want boolean"),
            (f"{sniffer}.logLevel", "trace", "must be one of 'debug', 'info', 'warning', 'error'"),
            (f"{sniffer}.capture.maxBufferSize", "8k", "want integer"),
            (f"{sniffer}.capture.maxBufferSize", "100", "want 1,024"),
            (f"{sniffer}.capture.perfBufferPages", "65", "must be one of 1, 2, 4, 8"),
            (f"{sniffer}.discovery.rescanInterval", "-1", "want 0"),
            ("reconstructor.persistence.size", "large", "does not match pattern"),
            ("image.tag", "1", "want string"),
        ):
            self.refused("/" + key.replace(".", "/"), wanted, sets=[f"{key}={value}"])

    def test_rules_of_redaction_that_show_more_to_a_host_are_refused(self):
        rule = "trafficSource.ebpfSniffer.redaction.rules[0]"
        host = f"{rule}.host=a.example"
        for key, value in (("keep_keys[0]", "pin"), ("keep_classes[0]", "ssn"), ("mode", "full")):
            self.refused("/trafficSource/ebpfSniffer/redaction/rules/0", sets=[host, f"{rule}.{key}={value}"])
            with_program = [host, f"{rule}.executable=/bin/a", f"{rule}.{key}={value}"]
            self.refused("/trafficSource/ebpfSniffer/redaction/rules/0", sets=with_program)
        self.refused("/redaction/rules/0", sets=[f"{rule}.keys[0]=pin"])
        self.refused("'namespace'", sets=[f"{rule}.namespace=pay"])

    def test_what_belongs_together_is_wanted_together(self):
        self.refused("imageRegistryPassword", "set both or none", sets=["imageRegistryUsername=someone"])
        login = ["imageRegistryUsername=someone", "imageRegistryPassword=secret", "image.repository=cleartap"]
        self.refused('"cleartap" names none; set it to HOST/NAME', sets=login)
        self.refused("set both or none", sets=["link.snifferSecret=mine"])
        secrets = ["link.snifferSecret=a", "link.reconstructorSecret=b", "link.certManager.enabled=true"]
        self.refused("choose one of the two", sets=secrets)

    def test_clusters_that_are_too_old_are_refused(self):
        done = chart.template("--kube-version", "1.19.0")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(">=1.20.0", done.stderr)


KNOWN = {"trafficSource", "ebpfSniffer", "capture", "reconstructor", "config", "link", "certManager", "networkPolicy"}


if __name__ == "__main__":
    chart.main()
