"""What people do with the Python client, against the API server of KUBECONFIG, in the namespace NS."""

import os
import queue
import threading
import unittest

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.informer import SharedInformer

NS = os.environ["NS"]
GROUP = "python.example.com"

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"widgets.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {
                    "status": {},
                    "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"},
                },
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"size": {"type": "integer", "default": 1, "maximum": 9}},
                            },
                            "status": {"type": "object", "properties": {"size": {"type": "integer"}}},
                        },
                    }
                },
            }
        ],
    },
}


def config_map(name, data=None, labels=None):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data or {})


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        config.load_kube_config()
        cls.core = client.CoreV1Api()
        cls.core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NS)))

    @classmethod
    def tearDownClass(cls):
        cls.core.delete_namespace(NS)

    def tearDown(self):
        self.core.delete_collection_namespaced_config_map(NS)

    def failure(self, code, call, *args, **kwargs):
        with self.assertRaises(ApiException) as raised:
            call(*args, **kwargs)
        self.assertEqual(raised.exception.status, code, raised.exception.body)
        return raised.exception


class Core(ClientTest):
    def test_lists_in_chunks(self):
        for index in range(5):
            self.core.create_namespaced_config_map(NS, config_map(f"c{index}", labels={"chunk": "y"}))
        seen, token, version = [], None, None
        while True:
            page = self.core.list_namespaced_config_map(NS, limit=2, label_selector="chunk=y", _continue=token)
            version = version or page.metadata.resource_version
            self.assertEqual(page.metadata.resource_version, version)
            seen += [item.metadata.name for item in page.items]
            token = page.metadata._continue
            if not token:
                break
        self.assertEqual(seen, [f"c{index}" for index in range(5)])
        error = self.failure(400, self.core.list_namespaced_config_map, NS, _continue="nonsense")
        self.assertIn("continue key is not valid", error.body)

    def test_reads_every_kind_into_its_model(self):
        for group in (
            client.CoreV1Api(),
            client.AppsV1Api(),
            client.BatchV1Api(),
            client.NetworkingV1Api(),
            client.PolicyV1Api(),
            client.RbacAuthorizationV1Api(),
            client.StorageV1Api(),
            client.CoordinationV1Api(),
            client.DiscoveryV1Api(),
            client.EventsV1Api(),
            client.SchedulingV1Api(),
            client.NodeV1Api(),
            client.AutoscalingV2Api(),
            client.AdmissionregistrationV1Api(),
            client.ApiextensionsV1Api(),
            client.ApiregistrationV1Api(),
            client.CertificatesV1Api(),
            client.FlowcontrolApiserverV1Api(),
        ):
            for name in dir(group):
                if not name.startswith("list_") or name.endswith("_with_http_info") or "without_preload" in name:
                    continue
                # The client knows some kinds that came after 1.36.
                if any(newer in name for newer in ("cluster_trust_bundle", "pod_certificate_request")):
                    continue
                with self.subTest(name):
                    args = [NS] if "namespaced" in name else []
                    self.assertIsNotNone(getattr(group, name)(*args).items)
        self.assertEqual(client.VersionApi().get_code().major, "1")
        self.assertIn("apps", [group.name for group in client.ApisApi().get_api_versions().groups])
        self.assertIn("pods", [r.name for r in self.core.get_api_resources().resources])

    def test_patches_in_every_way(self):
        apps = client.AppsV1Api()
        labels = {"app": "web"}
        apps.create_namespaced_deployment(
            NS,
            client.V1Deployment(
                metadata=client.V1ObjectMeta(name="web"),
                spec=client.V1DeploymentSpec(
                    replicas=1,
                    selector=client.V1LabelSelector(match_labels=labels),
                    template=client.V1PodTemplateSpec(
                        metadata=client.V1ObjectMeta(labels=labels),
                        spec=client.V1PodSpec(
                            containers=[
                                client.V1Container(
                                    name="web",
                                    image="example.com/web:1",
                                    ports=[client.V1ContainerPort(container_port=80)],
                                    resources=client.V1ResourceRequirements(requests={"cpu": "100m"}),
                                )
                            ]
                        ),
                    ),
                ),
            ),
        )
        # A dictionary is a strategic merge: containers are told apart by their names.
        more = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "example.com/side:1"}]}}}}
        patched = apps.patch_namespaced_deployment("web", NS, more)
        self.assertEqual([c.name for c in patched.spec.template.spec.containers], ["side", "web"])
        # A list is a JSON patch.
        patched = apps.patch_namespaced_deployment(
            "web", NS, [{"op": "replace", "path": "/spec/replicas", "value": 3}]
        )
        self.assertEqual((patched.spec.replicas, patched.metadata.generation), (3, 3))
        scale = apps.patch_namespaced_deployment_scale("web", NS, {"spec": {"replicas": 4}})
        self.assertEqual(scale.spec.replicas, 4)
        error = self.failure(
            422,
            apps.patch_namespaced_deployment,
            "web",
            NS,
            {"spec": {"selector": {"matchLabels": {"app": "x"}}}},
        )
        self.assertIn("field is immutable", error.body)
        status = apps.patch_namespaced_deployment_status("web", NS, {"status": {"replicas": 4}})
        self.assertEqual(status.status.replicas, 4)
        apps.delete_namespaced_deployment("web", NS, propagation_policy="Foreground")

    def test_tells_conflicts_and_absences(self):
        created = self.core.create_namespaced_config_map(NS, config_map("a", {"k": "1"}))
        self.core.patch_namespaced_config_map("a", NS, {"data": {"k": "2"}})
        created.data["k"] = "3"
        error = self.failure(409, self.core.replace_namespaced_config_map, "a", NS, created)
        self.assertIn("the object has been modified", error.body)
        self.assertIn("AlreadyExists", self.failure(409, self.core.create_namespaced_config_map, NS, config_map("a")).body)
        self.failure(404, self.core.read_namespaced_config_map, "none", NS)
        self.failure(422, self.core.create_namespaced_config_map, NS, config_map("Bad_Name"))
        precondition = client.V1DeleteOptions(preconditions=client.V1Preconditions(uid="other"))
        self.failure(409, self.core.delete_namespaced_config_map, "a", NS, body=precondition)
        self.assertEqual(self.core.create_namespaced_config_map(NS, config_map("dry"), dry_run="All").metadata.name, "dry")
        self.failure(404, self.core.read_namespaced_config_map, "dry", NS)

    def test_applies_files(self):
        utils.create_from_yaml(
            client.ApiClient(),
            yaml_objects=[
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "y"}, "data": {"a": "b"}},
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "y"}, "spec": {"ports": [{"port": 80}]}},
            ],
            namespace=NS,
        )
        self.assertEqual(self.core.read_namespaced_service("y", NS).spec.type, "ClusterIP")
        self.core.delete_namespaced_service("y", NS)

    def test_asks_who_may(self):
        review = client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(
                resource_attributes=client.V1ResourceAttributes(namespace=NS, verb="create", resource="pods")
            )
        )
        answer = client.AuthorizationV1Api().create_self_subject_access_review(review)
        self.assertTrue(answer.status.allowed)
        self.core.create_namespaced_service_account(
            NS, client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="bot"))
        )
        token = self.core.create_namespaced_service_account_token(
            "bot", NS, client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[]))
        )
        bot = config.new_client_from_config()
        bot.configuration.cert_file = bot.configuration.key_file = None
        bot = client.ApiClient(bot.configuration)
        bot.configuration.api_key = {"authorization": f"Bearer {token.status.token}"}
        error = self.failure(403, client.CoreV1Api(bot).list_namespaced_secret, NS)
        self.assertIn(f"system:serviceaccount:{NS}:bot", error.body)


class Watching(ClientTest):
    def test_watches_from_a_version_until_its_time_is_over(self):
        version = self.core.list_namespaced_config_map(NS).metadata.resource_version
        self.core.create_namespaced_config_map(NS, config_map("a", {"k": "1"}))
        self.core.patch_namespaced_config_map("a", NS, {"data": {"k": "2"}})
        self.core.delete_namespaced_config_map("a", NS)
        events = [
            (event["type"], event["object"].metadata.name, event["object"].data)
            for event in watch.Watch().stream(
                self.core.list_namespaced_config_map,
                NS,
                field_selector="metadata.name=a",
                resource_version=version,
                timeout_seconds=1,
            )
        ]
        self.assertEqual(
            events,
            [("ADDED", "a", {"k": "1"}), ("MODIFIED", "a", {"k": "2"}), ("DELETED", "a", {"k": "2"})],
        )

    def test_hears_what_happens_and_stops(self):
        heard = queue.Queue()
        watcher = watch.Watch()

        def listen():
            for event in watcher.stream(
                self.core.list_namespaced_config_map, NS, label_selector="heard=y", allow_watch_bookmarks=True
            ):
                metadata = event["raw_object"]["metadata"]
                heard.put((event["type"], metadata.get("name") or metadata["annotations"]))
                if event["type"] == "DELETED":
                    watcher.stop()

        thread = threading.Thread(target=listen)
        thread.start()
        # Without a version a watch begins with what is there, and says where that ends.
        self.assertEqual(heard.get(timeout=20), ("BOOKMARK", {"k8s.io/initial-events-end": "true"}))
        self.core.create_namespaced_config_map(NS, config_map("a", labels={"heard": "y"}))
        self.assertEqual(heard.get(timeout=20), ("ADDED", "a"))
        self.core.patch_namespaced_config_map("a", NS, {"metadata": {"labels": {"heard": None}}})
        self.assertEqual(heard.get(timeout=20), ("DELETED", "a"))
        thread.join(timeout=20)
        self.assertFalse(thread.is_alive())

    def test_lists_by_watching(self):
        self.core.create_namespaced_config_map(NS, config_map("a"))
        marks = []
        for event in watch.Watch().stream(
            self.core.list_namespaced_config_map,
            NS,
            field_selector="metadata.name=a",
            send_initial_events=True,
            resource_version_match="NotOlderThan",
            allow_watch_bookmarks=True,
            timeout_seconds=1,
        ):
            annotations = event["raw_object"]["metadata"].get("annotations") or {}
            marks.append((event["type"], annotations.get("k8s.io/initial-events-end")))
        self.assertEqual(marks[:2], [("ADDED", None), ("BOOKMARK", "true")])

    def test_refuses_a_version_that_is_none(self):
        stream = watch.Watch().stream(self.core.list_namespaced_config_map, NS, resource_version="x", timeout_seconds=1)
        with self.assertRaises(ApiException) as raised:
            list(stream)
        self.assertIn('strconv.ParseUint: parsing \\"x\\"', raised.exception.body or raised.exception.reason)

    def test_an_informer_keeps_its_cache(self):
        told = queue.Queue()
        informer = SharedInformer(self.core.list_namespaced_config_map, namespace=NS, field_selector="metadata.name=a")
        for kind in ("ADDED", "MODIFIED", "DELETED"):
            informer.add_event_handler(kind, lambda item, kind=kind: told.put((kind, dict(item.data or {}))))
        self.core.create_namespaced_config_map(NS, config_map("a", {"k": "1"}))
        informer.start()
        self.assertEqual(told.get(timeout=20), ("ADDED", {"k": "1"}))
        self.core.patch_namespaced_config_map("a", NS, {"data": {"k": "2"}})
        self.assertEqual(told.get(timeout=20), ("MODIFIED", {"k": "2"}))
        self.assertEqual([item.data for item in informer.cache.list()], [{"k": "2"}])
        self.core.delete_namespaced_config_map("a", NS)
        self.assertEqual(told.get(timeout=20), ("DELETED", {"k": "2"}))
        informer.stop()


class Custom(ClientTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        crds = client.ApiextensionsV1Api()
        crds.create_custom_resource_definition(CRD)
        for event in watch.Watch().stream(
            crds.list_custom_resource_definition, field_selector=f"metadata.name=widgets.{GROUP}", timeout_seconds=20
        ):
            conditions = event["object"].status.conditions or []
            if any(c.type == "Established" and c.status == "True" for c in conditions):
                break
        cls.api = client.CustomObjectsApi()
        cls.where = (GROUP, "v1", NS, "widgets")
        while True:
            try:
                cls.api.list_namespaced_custom_object(*cls.where)
                break
            except ApiException as error:
                if error.status != 404:
                    raise

    @classmethod
    def tearDownClass(cls):
        client.ApiextensionsV1Api().delete_custom_resource_definition(f"widgets.{GROUP}")
        super().tearDownClass()

    def widget(self, name, **spec):
        return {"apiVersion": f"{GROUP}/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}

    def test_custom_objects(self):
        created = self.api.create_namespaced_custom_object(*self.where, self.widget("w"))
        self.assertEqual(created["spec"], {"size": 1})
        version = self.api.list_namespaced_custom_object(*self.where)["metadata"]["resourceVersion"]
        patched = self.api.patch_namespaced_custom_object(*self.where, "w", {"spec": {"size": 2}})
        self.assertEqual((patched["spec"], patched["metadata"]["generation"]), ({"size": 2}, 2))
        error = self.failure(422, self.api.patch_namespaced_custom_object, *self.where, "w", {"spec": {"size": 10}})
        self.assertIn("spec.size in body should be less than or equal to 9", error.body)
        status = self.api.patch_namespaced_custom_object_status(*self.where, "w", {"status": {"size": 2}})
        self.assertEqual(status["status"], {"size": 2})
        scale = self.api.get_namespaced_custom_object_scale(*self.where, "w")
        self.assertEqual((scale["kind"], scale["spec"]["replicas"]), ("Scale", 2))
        patched["spec"]["size"] = 5
        self.failure(409, self.api.replace_namespaced_custom_object, *self.where, "w", patched)
        events = [
            (event["type"], event["object"]["spec"]["size"], event["object"].get("status"))
            for event in watch.Watch().stream(
                self.api.list_namespaced_custom_object, *self.where, resource_version=version, timeout_seconds=1
            )
        ]
        self.assertEqual(events, [("MODIFIED", 2, None), ("MODIFIED", 2, {"size": 2})])
        gone = self.api.delete_namespaced_custom_object(*self.where, "w")
        self.assertEqual((gone["status"], gone["details"]["kind"]), ("Success", "widgets"))

    def test_the_dynamic_client_applies(self):
        api = dynamic.DynamicClient(client.ApiClient())
        widgets = api.resources.get(api_version=f"{GROUP}/v1", kind="Widget")
        applied = widgets.server_side_apply(body=self.widget("d", size=3), namespace=NS, field_manager="mine")
        self.assertEqual([entry.manager for entry in applied.metadata.managedFields], ["mine"])
        with self.assertRaises(dynamic.exceptions.ConflictError) as raised:
            widgets.server_side_apply(body=self.widget("d", size=4), namespace=NS, field_manager="yours")
        self.assertIn('conflict with \\"mine\\"', str(raised.exception.body))
        taken = widgets.server_side_apply(
            body=self.widget("d", size=4), namespace=NS, field_manager="yours", force_conflicts=True
        )
        self.assertEqual(taken.spec.size, 4)
        maps = api.resources.get(api_version="v1", kind="ConfigMap")
        self.assertEqual(maps.get(namespace=NS, name="kube-root-ca.crt").kind, "ConfigMap")
        widgets.delete(name="d", namespace=NS)
        self.assertEqual(widgets.get(namespace=NS).items, [])


if __name__ == "__main__":
    unittest.main()
