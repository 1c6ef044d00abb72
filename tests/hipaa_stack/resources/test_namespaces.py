"""Kubernetes objects of one namespace find each other."""

from __future__ import annotations

import pytest

from hipaa_stack.resources import Resource, Stack, Undecided, Unknown

NAMESPACE = "kubernetes:core/v1:Namespace"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"


def obj(type_: str, name: str, namespace: object = None, provider: str = "", links: tuple[str, ...] = ()) -> Resource:
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return Resource(name, type_, name, {"metadata": metadata}, provider=provider, property_dependencies={"metadata": links})


def beside(resource: Resource, *others: Resource) -> list[str]:
    return [each.name for each in Stack([resource, *others]).beside(resource, BUDGET)]


def test_objects_of_the_same_namespace_and_provider() -> None:
    app = obj(DEPLOYMENT, "app", "a", "cluster-1::id")
    others = [
        obj(BUDGET, "same", "a", "cluster-1::id"),
        obj(BUDGET, "other", "b", "cluster-1::id"),
        obj(BUDGET, "far", "a", "cluster-2::id"),
    ]
    assert beside(app, *others) == ["same"]


def test_objects_without_a_namespace_are_in_default() -> None:
    assert beside(obj(DEPLOYMENT, "app"), obj(BUDGET, "same", "default"), obj(BUDGET, "other", "b")) == ["same"]


def test_links_to_one_namespace_whose_name_is_not_known() -> None:
    namespace = Resource("ns", NAMESPACE, "ns", {"metadata": {"name": Unknown()}})
    app, same = obj(DEPLOYMENT, "app", Unknown(), links=("ns",)), obj(BUDGET, "same", Unknown(), links=("ns",))
    stack = Stack([namespace, app, same, obj(BUDGET, "other", "b")])
    assert [each.name for each in stack.beside(app, BUDGET)] == ["same"]
    found = stack.namespaced(namespace, BUDGET)
    assert next(found).name == "same"
    with pytest.raises(Undecided):
        next(found)  # the other names a namespace, which may be this one


def test_a_link_to_a_namespace_of_a_known_name_is_that_name() -> None:
    namespace = Resource("ns", NAMESPACE, "ns", {"metadata": {"name": "a"}})
    app = obj(DEPLOYMENT, "app", Unknown(), links=("ns",))
    assert beside(app, namespace, obj(BUDGET, "same", "a"), obj(BUDGET, "other", "b")) == ["same"]


def test_a_namespace_that_is_not_known_is_undecided_after_what_is() -> None:
    app = obj(DEPLOYMENT, "app", "a")
    found = Stack([app, obj(BUDGET, "lost", Unknown()), obj(BUDGET, "same", "a")]).beside(app, BUDGET)
    assert next(found).name == "same"
    with pytest.raises(Undecided, match=r"metadata\.namespace"):
        next(found)


def test_the_namespace_of_the_object_itself_is_not_known() -> None:
    with pytest.raises(Undecided, match=r"metadata\.namespace"):
        beside(obj(DEPLOYMENT, "app", Unknown()), obj(BUDGET, "same", "a"))


def test_links_to_two_namespaces_say_nothing() -> None:
    namespaces = [Resource(urn, NAMESPACE, urn, {}) for urn in ("ns-1", "ns-2")]
    with pytest.raises(Undecided):
        beside(obj(DEPLOYMENT, "app", Unknown(), links=("ns-1", "ns-2")), *namespaces)
