"""What is installed, with which rights."""

import unittest

import chart

CAPABILITIES = {"BPF", "PERFMON", "SYS_PTRACE", "SYS_RESOURCE", "DAC_READ_SEARCH", "NET_ADMIN"}


def container_of(pod):
    (container,) = pod["containers"]
    return container


class Objects(unittest.TestCase):
    def test_lint_finds_nothing(self):
        for values in ({}, chart.sniffer(), chart.EVERYTHING):
            done = chart.run_helm("lint", "--strict", chart.CHART, values=values)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_by_default_there_is_only_the_reconstructor(self):
        kinds = sorted(chart.render())
        self.assertEqual(
            kinds,
            [
                ("ConfigMap", "tap-reconstructor"),
                ("Deployment", "tap-reconstructor"),
                ("NetworkPolicy", "tap-reconstructor"),
                ("PersistentVolumeClaim", "tap-reconstructor-pvc"),
                ("Secret", "tap-reconstructor-link"),
                ("Service", "tap-page"),
                ("Service", "tap-reconstructor"),
                ("ServiceAccount", "tap-reconstructor"),
            ],
        )

    def test_every_optional_part_can_be_switched_on_at_once(self):
        objects = chart.render(values=chart.EVERYTHING)
        kinds = {kind for kind, _ in objects}
        self.assertLessEqual(
            {"DaemonSet", "PodMonitor", "SecurityContextConstraints", "Role", "RoleBinding", "Certificate", "Issuer"},
            kinds,
        )
        for kind, side in (("DaemonSet", "ebpf-sniffer"), ("Deployment", "reconstructor")):
            pod = chart.pod_of(objects, kind, f"everything-{side}")
            self.assertEqual(container_of(pod)["image"], "registry.example/team/cleartap:1.10")
            self.assertEqual(pod["imagePullSecrets"], [{"name": "mirror"}, {"name": "everything-pull"}])
            self.assertEqual(pod["tolerations"], [{"operator": "Exists"}])
            self.assertIn("priorityClassName", pod)
            template = objects[kind, f"everything-{side}"]["spec"]["template"]["metadata"]
            self.assertEqual(template["labels"]["team"], "apis")
            self.assertEqual(template["annotations"]["example.com/team"], "apis")

    def test_all_objects_are_of_the_release_and_in_its_namespace(self):
        for values in ({}, chart.sniffer(), chart.EVERYTHING):
            for (kind, name), each in chart.render(values=values).items():
                labels = each["metadata"]["labels"]
                self.assertEqual(labels["app.kubernetes.io/instance"], "tap", name)
                self.assertLessEqual(len(name), 63)
                if kind != "SecurityContextConstraints":
                    self.assertEqual(each["metadata"]["namespace"], "apis", name)

    def test_what_a_pod_refers_to_is_there(self):
        objects = chart.render(values=chart.sniffer())
        for kind, side in (("DaemonSet", "ebpf-sniffer"), ("Deployment", "reconstructor")):
            workload = objects[kind, f"tap-{side}"]
            pod = chart.pod_of(objects, kind, f"tap-{side}")
            labels = workload["spec"]["template"]["metadata"]["labels"]
            self.assertLessEqual(workload["spec"]["selector"]["matchLabels"].items(), labels.items())
            self.assertIn(("ServiceAccount", pod["serviceAccountName"]), objects)
            volumes = {each["name"]: each for each in pod["volumes"]}
            container = container_of(pod)
            self.assertEqual({each["name"] for each in container["volumeMounts"]}, set(volumes))
            self.assertIn(("ConfigMap", volumes["config"]["configMap"]["name"]), objects)
            self.assertIn(("Secret", volumes["link"]["secret"]["secretName"]), objects)
            ports = {each["name"] for each in container["ports"]}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                self.assertIn(container[probe]["httpGet"]["port"], ports)

    def test_services_and_policies_reach_ports_of_the_pods_they_mean(self):
        objects = chart.render(values=chart.sniffer())
        workloads = [each for (kind, _), each in objects.items() if kind in ("DaemonSet", "Deployment")]

        def ports_of(selector):
            (workload,) = [
                each
                for each in workloads
                if selector.items() <= each["spec"]["template"]["metadata"]["labels"].items()
            ]
            return {port["name"] for port in container_of(workload["spec"]["template"]["spec"])["ports"]}

        for (kind, _), each in objects.items():
            if kind == "Service":
                targets = {port["targetPort"] for port in each["spec"]["ports"]}
                self.assertLessEqual(targets, ports_of(each["spec"]["selector"]))
            if kind == "NetworkPolicy":
                own = ports_of(each["spec"]["podSelector"]["matchLabels"])
                for rule in each["spec"]["ingress"]:
                    self.assertLessEqual({port["port"] for port in rule["ports"]}, own)
                for rule in each["spec"].get("egress", []):
                    for peer in rule.get("to", []):
                        reached = ports_of(peer["podSelector"]["matchLabels"])
                        self.assertLessEqual({port["port"] for port in rule["ports"]}, reached)

    def test_a_sniffer_has_the_capabilities_of_the_kernel_and_no_more(self):
        pod = chart.pod_of(chart.render(values=chart.sniffer()), "DaemonSet", "tap-ebpf-sniffer")
        security = container_of(pod)["securityContext"]
        self.assertEqual(set(security["capabilities"]["add"]), CAPABILITIES)
        self.assertEqual(security["capabilities"]["drop"], ["ALL"])
        self.assertEqual((security["privileged"], security["allowPrivilegeEscalation"]), (False, False))
        self.assertTrue(security["readOnlyRootFilesystem"])
        self.assertTrue(pod["hostPID"])
        self.assertNotIn("hostNetwork", pod)
        self.assertNotIn("hostIPC", pod)
        paths = [each["hostPath"]["path"] for each in pod["volumes"] if "hostPath" in each]
        self.assertEqual(paths, ["/sys/kernel/tracing"])

    def test_older_kernels_get_what_they_want_on_request(self):
        objects = chart.render(values=chart.sniffer(legacyKernelSupport=True))
        security = container_of(chart.pod_of(objects, "DaemonSet", "tap-ebpf-sniffer"))["securityContext"]
        self.assertEqual(set(security["capabilities"]["add"]), CAPABILITIES | {"SYS_ADMIN"})
        self.assertTrue(security["allowPrivilegeEscalation"])  # the API server refuses false beside SYS_ADMIN
        objects = chart.render(values=chart.sniffer(privileged=True))
        security = container_of(chart.pod_of(objects, "DaemonSet", "tap-ebpf-sniffer"))["securityContext"]
        self.assertEqual((security["privileged"], security["allowPrivilegeEscalation"]), (True, True))

    def test_apparmor_is_named_as_the_cluster_knows_it(self):
        beta = "container.apparmor.security.beta.kubernetes.io/sniffer"
        for version, field in (("1.29.0", False), ("1.30.0", True)):
            objects = chart.render("--kube-version", version, values=chart.sniffer())
            daemons = objects["DaemonSet", "tap-ebpf-sniffer"]["spec"]["template"]
            self.assertEqual(beta in daemons["metadata"]["annotations"], not field)
            self.assertEqual("appArmorProfile" in container_of(daemons["spec"])["securityContext"], field)

    def test_no_pod_has_a_token_of_the_cluster(self):
        objects = chart.render(values=chart.sniffer())
        for kind, side in (("DaemonSet", "ebpf-sniffer"), ("Deployment", "reconstructor")):
            self.assertFalse(chart.pod_of(objects, kind, f"tap-{side}")["automountServiceAccountToken"])
            self.assertFalse(objects["ServiceAccount", f"tap-{side}"]["automountServiceAccountToken"])
        self.assertFalse({"Role", "ClusterRole", "RoleBinding"} & {kind for kind, _ in objects})

    def test_one_reconstructor_keeps_its_volume(self):
        objects = chart.render()
        spec = objects["Deployment", "tap-reconstructor"]["spec"]
        self.assertEqual((spec["replicas"], spec["strategy"]), (1, {"type": "Recreate"}))
        claim = objects["PersistentVolumeClaim", "tap-reconstructor-pvc"]
        self.assertEqual(claim["metadata"]["annotations"]["helm.sh/resource-policy"], "keep")
        for persistence, expected in (
            ({"existingClaim": "mine"}, {"persistentVolumeClaim": {"claimName": "mine"}}),
            ({"enabled": False}, {"emptyDir": {}}),
        ):
            objects = chart.render(values={"reconstructor": {"persistence": persistence}})
            self.assertNotIn("PersistentVolumeClaim", {kind for kind, _ in objects})
            volumes = chart.pod_of(objects, "Deployment", "tap-reconstructor")["volumes"]
            self.assertIn({"name": "store", **expected}, volumes)

    def test_openshift_admits_what_the_sniffer_asks_for(self):
        values = {**chart.sniffer(), "openshift": {"enabled": True}}
        objects = chart.render(values=values)
        allowed = objects["SecurityContextConstraints", "apis-tap-ebpf-sniffer"]
        pod = chart.pod_of(objects, "DaemonSet", "tap-ebpf-sniffer")
        security = container_of(pod)["securityContext"]
        self.assertEqual(set(allowed["allowedCapabilities"]), set(security["capabilities"]["add"]))
        self.assertEqual(security["seccompProfile"]["type"].lower(), allowed["seccompProfiles"][0])
        self.assertLessEqual(
            {kind for each in pod["volumes"] for kind in each if kind != "name"}, set(allowed["volumes"])
        )
        for side, constraint in (("ebpf-sniffer", "apis-tap-ebpf-sniffer"), ("reconstructor", "nonroot-v2")):
            self.assertEqual(objects["Role", f"tap-{side}"]["rules"][0]["resourceNames"], [constraint])
            (subject,) = objects["RoleBinding", f"tap-{side}"]["subjects"]
            self.assertIn(("ServiceAccount", subject["name"]), objects)


if __name__ == "__main__":
    chart.main()
