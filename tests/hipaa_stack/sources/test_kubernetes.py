"""Kubernetes manifests as users have them: written, rendered, printed by kubectl, many in a file, in lists."""

import json

import pytest

from hipaa_stack.resources import Basis

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\n"


def told(found):
    return [str(problem) for problem in found.problems]


def seen(found):
    return [(resource.type.removeprefix("kubernetes:"), resource.name, resource.prefix) for resource in found.stack.resources]


READ = {
    "one object": (POD, [("core/v1:Pod", "app", "")]),
    "an object of a group": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n",
        [("apps/v1:Deployment", "web", "")],
    ),
    "an unknown custom resource": (
        "apiVersion: acme.example/v1alpha1\nkind: Clinic\nmetadata: {name: north}\nspec: {anything: [1, {x: y}]}\n",
        [("acme.example/v1alpha1:Clinic", "north", "")],
    ),
    "several documents": (f"{POD}---\n{POD}---\n{POD}", [("core/v1:Pod", "app", "")] * 3),
    "empty documents and comments between": (
        f"# Source: chart/templates/a.yaml\n---\n---\n# nothing here\n---\n{POD}---\nnull\n---\n~\n...\n---\n# end\n",
        [("core/v1:Pod", "app", "")],
    ),
    "what Helm prints": (
        f"---\n# Source: chart/templates/pod.yaml\n{POD}---\n# Source: chart/templates/off.yaml\n",
        [("core/v1:Pod", "app", "")],
    ),
    "a byte order mark": (b"\xef\xbb\xbf" + POD.encode(), [("core/v1:Pod", "app", "")]),
    "line ends of Windows": (POD.replace("\n", "\r\n"), [("core/v1:Pod", "app", "")]),
    "UTF-16, as PowerShell redirects": (POD.encode("utf-16"), [("core/v1:Pod", "app", "")]),
    "a YAML directive": (f"%YAML 1.1\n---\n{POD}", [("core/v1:Pod", "app", "")]),
    "a name that the API server completes": ("apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n", [("core/v1:Pod", "job-", "")]),
    "a file of the API server, which has no name": (
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: []\n",
        [("apiserver.config.k8s.io/v1:EncryptionConfiguration", "EncryptionConfiguration", "")],
    ),
    "a list of anything": (
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}\n",
        [("core/v1:Pod", "a", "items[0]"), ("apps/v1:Deployment", "b", "items[1]")],
    ),
    "a typed list, whose items need no kind": (
        "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n- {}\n",
        [("apps/v1:Deployment", "a", "items[0]"), ("apps/v1:Deployment", "DeploymentList[1]", "items[1]")],
    ),
    "a list in a list": (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: PodList\n  items: [{metadata: {name: a}}]\n",
        [("core/v1:Pod", "a", "items[0].items[0]")],
    ),
    "a list without items": ("apiVersion: v1\nkind: List\nitems:\n---\n" + POD, [("core/v1:Pod", "app", "")]),
    "an object whose kind ends in List": (
        "apiVersion: acme.example/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {}\n",
        [("acme.example/v1:AllowList", "a", "")],
    ),
    "JSON": ('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app"}}', [("core/v1:Pod", "app", "")]),
    "a JSON list": (
        '{"kind": "List", "apiVersion": "v1", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]}',
        [("core/v1:Pod", "a", "items[0]")],
    ),
    "JSON after JSON": ('{"apiVersion": "v1", "kind": "Pod"}\n{"apiVersion": "v1", "kind": "Pod"}', [("core/v1:Pod", "Pod", "")] * 2),
    "JSON between markers": (
        '{"apiVersion": "v1", "kind": "Pod"}\n---\n{"apiVersion": "v1", "kind": "Pod"}\n---\n',
        [("core/v1:Pod", "Pod", "")] * 2,
    ),
    "YAML in flow style": ("{apiVersion: v1, kind: Pod}", [("core/v1:Pod", "Pod", "")]),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_manifests(read, text, expected):
    found = read({"a.yaml": text})
    assert (seen(found), told(found)) == (expected, [])
    assert found.basis is Basis.MANIFEST


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_the_same_from_standard_input(read, text, expected):
    found = read({}, "-", stdin=text if isinstance(text, bytes) else text.encode())
    assert (seen(found), told(found)) == (expected, [])


def test_every_resource_has_a_urn_of_its_own(read):
    items = "apiVersion: v1\nkind: PodList\nitems: [{}, {}]\n"
    found = read({"a.yaml": f"{POD}---\n{items}---\n{POD}", "b.yaml": POD})
    assert len(found.stack.by_urn) == len(found.stack.resources) == 5


def test_an_item_is_read_alone_and_its_paths_begin_at_the_document(read):
    found = read({"a.yaml": "apiVersion: v1\nkind: PodList\nitems:\n- spec: {hostPID: true}\n"})
    (pod,) = found.stack.resources
    assert pod.inputs == {"spec": {"hostPID": True}}
    assert pod.root.path("spec.hostPID") == "items[0].spec.hostPID"


NOT_READ = {
    "values of a chart": ("replicas: 3\n", ["a.yaml:1: no Kubernetes object: it has no apiVersion and kind"]),
    "a list at the top": ("- a\n- b\n", ["a.yaml:1: no Kubernetes object: it has no apiVersion and kind"]),
    "text": ("hello\n", ["a.yaml:1: no Kubernetes object: it has no apiVersion and kind"]),
    "several of them": (
        "x: 1\n---\ny: 2\n---\nz: 3\n",
        ["a.yaml:1: no Kubernetes object: it has no apiVersion and kind (and 2 more documents)"],
    ),
    "an apiVersion that is no text": (
        "apiVersion: 1\nkind: Pod\n",
        ["a.yaml:1: apiVersion and kind: accepted: text, such as apps/v1 and Deployment"],
    ),
    "a kind that is nothing": (
        "apiVersion: v1\nkind:\n",
        ["a.yaml:1: apiVersion and kind: accepted: text, such as apps/v1 and Deployment"],
    ),
    "an item that is no object": (
        "apiVersion: v1\nkind: List\nitems: [3]\n",
        ["a.yaml:1: items[0]: expected an object with apiVersion and kind"],
    ),
    "an item without a kind": (
        "apiVersion: v1\nkind: List\nitems: [{metadata: {}}]\n",
        ["a.yaml:1: items[0]: expected an object with apiVersion and kind"],
    ),
    "items that are no list": ("apiVersion: v1\nkind: List\nitems: x\n", ["a.yaml:1: items: expected a list of objects"]),
    "a template of Helm": (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n",
        ["a.yaml:4: a template, not YAML; check what it renders to, such as with `helm template`"],
    ),
    "a template with blocks": (
        "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n---\n{{ x }}\n---\n{{ y }}\n",
        ["a.yaml:1: a template, not YAML; check what it renders to, such as with `helm template`"],
    ),
    "nothing": ("", ["a.yaml: nothing to check in it; accepted: Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`"]),
    "comments only": (
        "# off\n---\n# off\n",
        ["a.yaml: nothing to check in it; accepted: Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`"],
    ),
    "JSON of something else": (
        '{"name": "x"}',
        ["a.yaml: nothing to check in it; accepted: Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`"],
    ),
}


@pytest.mark.parametrize(("text", "problems"), NOT_READ.values(), ids=NOT_READ)
def test_what_is_named_and_cannot_be_read_is_told(read, text, problems):
    found = read({"a.yaml": text})
    assert (seen(found), told(found)) == ([], problems)


def test_the_rest_of_a_list_is_read(read):
    found = read({"a.yaml": "apiVersion: v1\nkind: List\nitems:\n- 3\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n"})
    assert seen(found) == [("core/v1:Pod", "b", "items[1]")]
    assert told(found) == ["a.yaml:1: items[0]: expected an object with apiVersion and kind"]


def test_a_document_that_is_no_object_beside_objects_is_told_in_directories_too(read):
    found = read({"k/a.yaml": f"{POD}---\nspec: {{}}\n---\n{POD}"}, "k")
    assert len(found.stack.resources) == 2
    assert told(found) == ["k/a.yaml:5: no Kubernetes object: it has no apiVersion and kind"]


def test_objects_of_tools_are_left_out(read):
    kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [pod.yaml]\n"
    found = read({"k/kustomization.yaml": kustomization, "k/pod.yaml": POD}, "k")
    assert (seen(found), told(found)) == ([("core/v1:Pod", "app", "")], [])
    assert "nothing to check" in told(read({}, "k/kustomization.yaml"))[0]


def test_ten_documents_and_their_place(read):
    found = read({"a.yaml": "---\n".join(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\n" for n in range(10))})
    assert [(resource.name, resource.document, resource.source) for resource in found.stack.resources] == [
        (f"p{n}", n, "a.yaml") for n in range(10)
    ]


def test_what_kubectl_prints_as_json(read):
    items = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{n}"}, "spec": {"hostPID": None}} for n in range(3)]
    found = read(
        {"a.json": json.dumps({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}, indent=4)}
    )
    assert [name for _, name, _ in seen(found)] == ["p0", "p1", "p2"]
