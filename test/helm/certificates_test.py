"""The certificates of the link: who may prove what, and that an upgrade keeps them."""

import base64
import http.server
import json
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import yaml

import chart

SNIFFER, RECONSTRUCTOR = "tap-ebpf-sniffer-link", "tap-reconstructor-link"


class Cluster:
    """As much of a Kubernetes API as helm's `lookup` asks: which resources there are, and one Secret by its name."""

    def __init__(self, secrets):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                answer = {
                    "/api/v1": {
                        "kind": "APIResourceList",
                        "groupVersion": "v1",
                        "resources": [{"name": "secrets", "namespaced": True, "kind": "Secret", "verbs": ["get"]}],
                    },
                    **{f"/api/v1/namespaces/apis/secrets/{name}": each for name, each in secrets.items()},
                }.get(path)
                body = json.dumps(answer or {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404})
                self.send_response(200 if answer else 404)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name, "config")
        address = f"http://127.0.0.1:{self.server.server_port}"
        file.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "test", "cluster": {"server": address}}],
                    "users": [{"name": "test", "user": {}}],
                    "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                    "current-context": "test",
                }
            )
        )
        return ["--dry-run=server", "--kubeconfig", file]

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.folder.cleanup()


def secrets_of(objects):
    return {name: each for (kind, name), each in objects.items() if kind == "Secret"}


def upgrade(secrets, values):
    """The Secrets after an upgrade in a cluster that has these."""
    with Cluster(secrets) as cluster:
        return secrets_of(chart.render(*cluster, values=values))


def verification(secret, purpose, name, authority):
    """What openssl says about a Secret's certificate in this role and under this name."""
    with tempfile.TemporaryDirectory() as folder:
        for file, text in (("tls.crt", secret), ("ca.crt", authority)):
            Path(folder, file).write_bytes(base64.b64decode(text["data"][file]))
        command = f"openssl verify -x509_strict -purpose {purpose} -CAfile ca.crt -verify_hostname {name} tls.crt"
        done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True)
        return done.stdout + done.stderr


@unittest.skipUnless(shutil.which("openssl"), "openssl is missing")
class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = secrets_of(chart.render(values=chart.sniffer()))

    def test_each_side_can_prove_its_names_to_the_other(self):
        sniffer, reconstructor = self.made[SNIFFER], self.made[RECONSTRUCTOR]
        for name in ("tap-reconstructor", "tap-reconstructor.apis", "tap-reconstructor.apis.svc"):
            self.assertEqual(verification(reconstructor, "sslserver", name, sniffer), "tls.crt: OK\n")
        self.assertEqual(verification(sniffer, "sslclient", "node-1.sniffer.cleartap", reconstructor), "tls.crt: OK\n")
        self.assertIn("hostname mismatch", verification(sniffer, "sslserver", "tap-reconstructor", reconstructor))

    def test_the_key_of_the_authority_is_kept_nowhere(self):
        for secret in self.made.values():
            self.assertEqual(set(secret["data"]), {"tls.crt", "tls.key", "ca.crt"})
        authorities = {secret["data"]["ca.crt"] for secret in self.made.values()}
        self.assertEqual(len(authorities), 1)

    def test_an_upgrade_keeps_the_certificates(self):
        after = upgrade(self.made, chart.sniffer(logLevel="debug"))
        self.assertEqual(
            {name: each["data"] for name, each in after.items()},
            {name: each["data"] for name, each in self.made.items()},
        )

    def test_switching_the_sniffer_off_keeps_the_reconstructors(self):
        after = upgrade(self.made, {})
        self.assertEqual(set(after), {RECONSTRUCTOR})
        self.assertEqual(after[RECONSTRUCTOR]["data"], self.made[RECONSTRUCTOR]["data"])

    def test_a_lost_or_broken_secret_renews_both(self):
        broken = {**self.made[SNIFFER], "data": {**self.made[SNIFFER]["data"], "tls.key": ""}}
        for left in ({RECONSTRUCTOR: self.made[RECONSTRUCTOR]}, {**self.made, SNIFFER: broken}, {}):
            after = upgrade(left, chart.sniffer())
            self.assertNotEqual(after[RECONSTRUCTOR]["data"]["ca.crt"], self.made[RECONSTRUCTOR]["data"]["ca.crt"])
            said = verification(after[SNIFFER], "sslclient", "node-1.sniffer.cleartap", after[RECONSTRUCTOR])
            self.assertEqual(said, "tls.crt: OK\n")

    def test_secrets_of_the_users_own_are_used_and_none_is_made(self):
        link = {"snifferSecret": "mine", "reconstructorSecret": "yours"}
        objects = chart.render(values={**chart.sniffer(), "link": link})
        self.assertEqual(secrets_of(objects), {})
        for kind, side, name in (("DaemonSet", "ebpf-sniffer", "mine"), ("Deployment", "reconstructor", "yours")):
            (volume,) = [each for each in chart.pod_of(objects, kind, f"tap-{side}")["volumes"] if "secret" in each]
            self.assertEqual(volume["secret"]["secretName"], name)

    def test_cert_manager_makes_the_same_secrets_with_the_same_names(self):
        objects = chart.render(values={**chart.sniffer(), "link": {"certManager": {"enabled": True}}})
        self.assertEqual(secrets_of(objects), {})
        for name, names in (
            (SNIFFER, ["*.sniffer.cleartap"]),
            (RECONSTRUCTOR, ["tap-reconstructor.apis.svc", "tap-reconstructor.apis", "tap-reconstructor"]),
        ):
            spec = objects["Certificate", name]["spec"]
            self.assertEqual((spec["secretName"], spec["dnsNames"]), (name, names))
            self.assertIn((spec["issuerRef"]["kind"], spec["issuerRef"]["name"]), objects)
        issuer = {"kind": "ClusterIssuer", "name": "internal"}
        values = {**chart.sniffer(), "link": {"certManager": {"enabled": True, "issuerRef": issuer}}}
        objects = chart.render(values=values)
        self.assertNotIn("Issuer", {kind for kind, _ in objects})
        self.assertEqual(objects["Certificate", SNIFFER]["spec"]["issuerRef"], issuer)


if __name__ == "__main__":
    chart.main()
