"""Renders the chart by helm, for the tests. Refuses to know what they look for."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

SOURCES = Path(__file__).resolve().parents[2]
CHART = SOURCES / "helm" / "cleartap"
KUBERNETES = "1.34.0"  # without a word, a helm that Go has built takes a cluster for one of 1.20
SKIPPED = 4  # SKIP_RETURN_CODE of the tests


@functools.cache
def find_helm():
    """In the PATH, or where tools/install-deps lets Go put it."""
    if helm := shutil.which("helm"):
        return helm
    if not shutil.which("go"):
        return None
    answer = subprocess.run(["go", "env", "GOBIN", "GOPATH"], capture_output=True, text=True, check=True)
    gobin, gopath = answer.stdout.splitlines()
    return shutil.which("helm", path=gobin or gopath + "/bin")


def main():
    """Runs the tests of the calling file, or says why not."""
    if not find_helm():
        print("skipped: helm is missing; install it, or a Go toolchain by which tools/install-deps --tests builds it")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)


def run_helm(*arguments, values=None):
    """The finished process. `values` is a dictionary, given as a file."""
    # Nothing of the user's: no repositories, no plugins, no cluster.
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home}
        command = [find_helm(), *map(str, arguments)]
        if values is not None:
            command += ["--values", f"{home}/values.yaml"]
            Path(home, "values.yaml").write_text(yaml.safe_dump(values))
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def template(*arguments, values=None):
    """The finished process of a release called `tap` in the namespace `apis`."""
    version = [] if "--kube-version" in arguments else ["--kube-version", KUBERNETES]
    return run_helm("template", "tap", CHART, "--namespace", "apis", *version, *arguments, values=values)


def render(*arguments, values=None):
    """Its objects, by (kind, name)."""
    done = template(*arguments, values=values)
    if done.returncode != 0:
        raise AssertionError(f"helm template failed: {done.stderr}")
    objects = [each for each in yaml.safe_load_all(done.stdout) if each]
    found = {(each["kind"], each["metadata"]["name"]): each for each in objects}
    if len(found) != len(objects):
        raise AssertionError("two objects have the same kind and name")
    return found


def sniffer(**values):
    """Values that switch the sniffer on, with some of its own."""
    return {"trafficSource": {"ebpfSniffer": {"enabled": True, **values}}}


def pod_of(objects, kind, name):
    return objects[kind, name]["spec"]["template"]["spec"]


def settings_of(objects, name):
    """What the program of this ConfigMap reads, as text."""
    return objects["ConfigMap", name]["data"]["cleartap.yaml"]


# Each optional part at once, with values that differ from the defaults.
EVERYTHING = {
    "image": {"repository": "registry.example/team/cleartap", "tag": "1.10", "pullPolicy": "Always"},
    "imagePullSecrets": [{"name": "mirror"}],
    "imageRegistryUsername": "someone@example.com",
    "imageRegistryPassword": 'pass"word',
    "fullnameOverride": "everything",
    "trafficSource": {
        "ebpfSniffer": {
            "enabled": True,
            "logLevel": "debug",
            "capture": {"maxBufferSize": 65536, "perfBufferPages": 4096},
            "discovery": {"rescanInterval": 60},
            "process": {"enabled": False},
            "privileged": True,
            "legacyKernelSupport": True,
            "seccompProfile": "Unconfined",
            "tracefs": False,
            "config": {"bodies": {"rate_max": 17179869184}, "redaction": {"keys": ["010", "iban"]}},
            "resources": {"limits": {"memory": "1Gi"}},
            "nodeSelector": {"pool": "workers"},
            "affinity": {"nodeAffinity": {}},
            "tolerations": [{"operator": "Exists"}],
            "priorityClassName": "system-node-critical",
            "podAnnotations": {"example.com/team": "apis"},
            "podLabels": {"team": "apis"},
        }
    },
    "reconstructor": {
        "logLevel": "warning",
        "config": {"pipeline": {"inventory": {"shards": 8}}, "page": {"enabled": False}},
        "persistence": {"enabled": True, "size": "20Gi", "storageClassName": "fast", "existingClaim": ""},
        "page": {"service": {"type": "LoadBalancer", "port": 80}},
        "resources": {"limits": {"memory": "4Gi"}},
        "nodeSelector": {"pool": "infrastructure"},
        "affinity": {"nodeAffinity": {}},
        "tolerations": [{"operator": "Exists"}],
        "priorityClassName": "system-cluster-critical",
        "podAnnotations": {"example.com/team": "apis"},
        "podLabels": {"team": "apis"},
    },
    "link": {"certManager": {"enabled": True}},
    "networkPolicy": {"enabled": True, "pageFrom": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}]},
    "podMonitor": {"enabled": True, "interval": "15s", "labels": {"release": "prometheus"}},
    "openshift": {"enabled": True},
}
