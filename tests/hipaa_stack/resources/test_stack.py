"""Links: by property dependencies, by equal names, through components; undecided where neither decides."""

from __future__ import annotations

import time

import pytest

from hipaa_stack.resources import Reason, Resource, Secret, Stack, Undecided, Unknown, rule_type

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
PET = "random:index/randomPet:RandomPet"
COMPONENT = "acme:index:Records"
NAMESPACE = "kubernetes:core/v1:Namespace"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
PROVIDER = "pulumi:providers:kubernetes"
UNKNOWN = Unknown()


def urn(type_, name):
    return f"urn:pulumi:dev::trial::{type_}::{name}"


def resource(type_, name, outputs=None, *, parent="", provider="", inputs=None, **links):
    """Links are `property="type name"` or a list of these."""
    dependencies = {
        key: tuple(urn(*link.split()) for link in ([value] if isinstance(value, str) else value)) for key, value in links.items()
    }
    return Resource(
        urn(type_, name),
        type_,
        name,
        outputs if inputs is None else inputs,
        outputs,
        parent=urn(*parent.split()) if parent else "",
        provider=provider,
        property_dependencies=dependencies,
    )


def outcome(found):
    """Names of what was found, and what stood in the way of more."""
    names = []
    try:
        for each in found:
            names.append(each.name)  # noqa: PERF401 - what came before the exception counts
    except Undecided as raised:
        return names, [(place.resource.name, place.path, place.why) for place in raised.places]
    return names, []


BUCKETS = f"{COMPONENT} records"
NOT_KNOWN = "not known, and may refer to this resource"


class TestLinked:
    """Which public access blocks refer to the bucket `data`."""

    def test_by_a_property_inside_of_another(self):
        data, other = resource(BUCKET, "data", {"id": UNKNOWN}), resource(BUCKET, "other", {"id": UNKNOWN})
        block = resource(BLOCK, "b", {"target": {"bucket": UNKNOWN}}, target=f"{BUCKET} data")
        stack = Stack([data, other, block])
        assert outcome(stack.linked(data, BLOCK, via="target.bucket")) == (["b"], [])
        assert outcome(stack.linked(other, BLOCK, via="target.bucket")) == ([], [])

    @pytest.mark.parametrize(
        ("others", "found", "open_"),
        [
            pytest.param([resource(BLOCK, "b", {"bucket": UNKNOWN}, bucket=f"{BUCKET} data")], ["b"], [], id="by dependency"),
            pytest.param([resource(BLOCK, "b", {"bucket": "data-5f3a"})], ["b"], [], id="by name"),
            pytest.param([resource(BLOCK, "b", {"bucket": Secret("data-5f3a")})], ["b"], [], id="by a secret name"),
            pytest.param([resource(BLOCK, "b", {"bucket": "arn:data"})], ["b"], [], id="by arn"),
            pytest.param([resource(BLOCK, "b", {"bucket": ["x", "data-id"]})], ["b"], [], id="by id, in a list"),
            pytest.param([resource(BLOCK, "b", {"bucket": "other"})], [], [], id="to another name"),
            pytest.param(
                [resource(BLOCK, "b", {"bucket": UNKNOWN}, bucket=f"{BUCKET} logs"), resource(BUCKET, "logs", {})],
                [],
                [],
                id="to another bucket",
            ),
            pytest.param([resource(BLOCK, "b", {"bucket": UNKNOWN})], [], [("b", "bucket", NOT_KNOWN)], id="unknown"),
            pytest.param([resource(BLOCK, "b", {"bucket": 7})], [], [("b", "bucket", NOT_KNOWN)], id="of a wrong kind"),
            pytest.param([resource(BLOCK, "b", {"bucket": None}), resource(BLOCK, "c", {"bucket": ""})], [], [], id="absent"),
            pytest.param(
                [resource(BLOCK, "b", {"bucket": UNKNOWN}, bucket=f"{PET} pet"), resource(PET, "pet", {})],
                [],
                [("b", "bucket", NOT_KNOWN)],
                id="unknown, made from something that is no bucket",
            ),
            pytest.param(
                [
                    resource(BLOCK, "a", {"bucket": UNKNOWN}),
                    resource(BLOCK, "b", {"bucket": "data-5f3a"}),
                    resource(BLOCK, "c", {"bucket": UNKNOWN}),
                ],
                ["b"],
                [("a", "bucket", f"{NOT_KNOWN} (and 1 more like it)")],
                id="a known one beside unknown ones",
            ),
        ],
    )
    def test_by_dependency_or_equal_names(self, others, found, open_):
        data = resource(BUCKET, "data", {"bucket": "data-5f3a", "arn": "arn:data", "id": "data-id"})
        assert outcome(Stack([data, *others]).linked(data, BLOCK, via="bucket")) == (found, open_)

    @pytest.mark.parametrize("names", [{"bucket": UNKNOWN}, {"bucket": "data", "arn": UNKNOWN}, {"id": Secret(UNKNOWN)}])
    def test_a_name_of_nobody_may_be_that_of_a_resource_whose_names_are_not_all_known(self, names):
        data, logs = resource(BUCKET, "data", names), resource(BUCKET, "logs", {"bucket": "logs"})
        stack = Stack([data, logs, resource(BLOCK, "b", {"bucket": "elsewhere"}), resource(BLOCK, "c", {"bucket": "logs"})])
        assert outcome(stack.linked(data, BLOCK, via="bucket")) == ([], [("b", "bucket", NOT_KNOWN)])
        assert outcome(stack.linked(logs, BLOCK, via="bucket")) == (["c"], [])

    def test_twins_are_the_same_type(self):
        data = resource("aws:s3/bucketV2:BucketV2", "data", {"bucket": "data"})
        stack = Stack([data, resource(BLOCK, "b", {"bucket": "data"})])
        assert outcome(stack.linked(data, BLOCK, via="bucket")) == (["b"], [])

    @pytest.mark.parametrize(
        ("bucket", "found", "open_"),
        [
            pytest.param(UNKNOWN, {"one": ["b"]}, {}, id="with one bucket"),
            pytest.param(
                UNKNOWN,
                {"one": [], "two": []},
                {name: [("b", "bucket", "refers to one of 2 resources of a component")] for name in ("one", "two")},
                id="with several buckets",
            ),
            pytest.param("two", {"one": [], "two": ["b"]}, {}, id="with several buckets, of which the name is known"),
        ],
    )
    def test_through_a_component(self, bucket, found, open_):
        inner = [resource(BUCKET, name, {"bucket": name}, parent="acme:index:Inner inner") for name in found]
        stack = Stack(
            [
                resource(COMPONENT, "records", {}),
                resource("acme:index:Inner", "inner", {}, parent=BUCKETS),
                *inner,
                resource(BUCKET, "stranger", {"bucket": "stranger"}),
                resource(BLOCK, "b", {"bucket": bucket}, bucket=BUCKETS),
            ]
        )
        for each in inner:
            assert outcome(stack.linked(each, BLOCK, via="bucket")) == (found[each.name], open_.get(each.name, []))
        assert outcome(stack.linked(stack.by_urn[urn(BUCKET, "stranger")], BLOCK, via="bucket")) == ([], [])

    def test_what_refers_to_a_parent_of_the_same_type_refers_to_the_parent_only(self):
        data = resource(BUCKET, "data", {"bucket": "data"})
        logs = resource(BUCKET, "logs", {"bucket": "logs"}, parent=f"{BUCKET} data")
        stack = Stack([data, logs, resource(BLOCK, "b", {"bucket": UNKNOWN}, bucket=f"{BUCKET} data")])
        assert outcome(stack.linked(data, BLOCK, via="bucket")) == (["b"], [])
        assert outcome(stack.linked(logs, BLOCK, via="bucket")) == ([], [])


EXTERNAL = Reason.EXTERNAL.value
COMPUTED = Reason.COMPUTED.value


class TestTargets:
    """Which keys the bucket `data` refers to by `kmsKeyId`."""

    @pytest.mark.parametrize(
        ("value", "links", "found", "open_"),
        [
            pytest.param(UNKNOWN, [f"{KEY} first"], ["first"], [], id="by dependency"),
            pytest.param("arn:first", [], ["first"], [], id="by arn"),
            pytest.param(Secret("key-first"), [], ["first"], [], id="by a secret id"),
            pytest.param(["arn:first", "arn:second"], [], ["first", "second"], [], id="a list"),
            pytest.param([UNKNOWN, UNKNOWN], [f"{KEY} first", f"{KEY} second"], ["first", "second"], [], id="a list by dependency"),
            pytest.param("arn:elsewhere", [], [], [EXTERNAL], id="outside the stack"),
            pytest.param("arn:elsewhere", [f"{PET} pet"], [], [EXTERNAL], id="outside the stack, made from something else"),
            pytest.param(UNKNOWN, [], [], [COMPUTED], id="unknown"),
            pytest.param(Unknown(Reason.SIMULATED), [], [], [Reason.SIMULATED.value], id="unknown for another reason"),
            pytest.param(UNKNOWN, [f"{PET} pet"], [], [COMPUTED], id="unknown, made from something that is no key"),
            pytest.param(["arn:first", "arn:elsewhere"], [], ["first"], [EXTERNAL], id="a known one beside one outside"),
            pytest.param(["arn:elsewhere", "arn:first"], [f"{KEY} first"], ["first"], [EXTERNAL], id="a link explains one value"),
            pytest.param([UNKNOWN, "arn:elsewhere"], [f"{KEY} first"], ["first"], [EXTERNAL], id="a link explains the unknown value"),
            pytest.param({"id": UNKNOWN}, [f"{KEY} first"], ["first"], [], id="an object by dependency"),
            pytest.param({"id": "x"}, [], [], ["expected a string"], id="an object"),
            pytest.param(None, [], [], [], id="absent"),
            pytest.param("", [], [], [], id="empty"),
        ],
    )
    def test_by_dependency_or_equal_names(self, value, links, found, open_):
        keys = [resource(KEY, name, {"arn": f"arn:{name}", "keyId": f"key-{name}"}) for name in ("first", "second")]
        data = resource(BUCKET, "data", {"kmsKeyId": value}, kmsKeyId=links)
        stack = Stack([*keys, resource(PET, "pet", {}), data])
        assert outcome(stack.targets(data, KEY, via="kmsKeyId")) == (found, [("data", "kmsKeyId", why) for why in open_])

    def test_of_several_types(self):
        data = resource(BUCKET, "data", {"kmsKeyId": ["arn:key", "alias/records"]})
        stack = Stack([data, resource(KEY, "key", {"arn": "arn:key"}), resource(ALIAS, "alias", {"name": "alias/records"})])
        assert outcome(stack.targets(data, KEY, ALIAS, via="kmsKeyId")) == (["key", "alias"], [])
        assert outcome(stack.targets(data, KEY, via="kmsKeyId")) == (["key"], [("data", "kmsKeyId", EXTERNAL)])

    @pytest.mark.parametrize(
        ("value", "keys", "found", "open_"),
        [
            (UNKNOWN, ["one"], ["one"], []),
            (UNKNOWN, ["one", "two"], [], ["refers to one of 2 resources of a component"]),
            ("arn:two", ["one", "two"], ["two"], []),
            (UNKNOWN, [], [], [COMPUTED]),
        ],
    )
    def test_through_a_component(self, value, keys, found, open_):
        inner = [resource(KEY, name, {"arn": f"arn:{name}"}, parent=BUCKETS) for name in keys]
        data = resource(BUCKET, "data", {"kmsKeyId": value}, kmsKeyId=BUCKETS)
        stack = Stack([resource(COMPONENT, "records", {}), *inner, data])
        assert outcome(stack.targets(data, KEY, via="kmsKeyId")) == (found, [("data", "kmsKeyId", why) for why in open_])

    def test_of_a_nested_property_the_dependency_is_that_of_the_top(self):
        data = resource(BUCKET, "data", {"settings": {"key": UNKNOWN}}, settings=f"{KEY} first")
        stack = Stack([data, resource(KEY, "first", {})])
        assert outcome(stack.targets(data, KEY, via="settings.key")) == (["first"], [])


class TestNamespaces:
    def objects(self, *others):
        space = resource(NAMESPACE, "space", {"metadata": {"name": "clinic"}})
        return space, Stack([space, *others])

    @pytest.mark.parametrize(
        ("policy", "found", "open_"),
        [
            pytest.param(resource(POLICY, "p", {"metadata": {"namespace": "clinic"}}), ["p"], [], id="by name"),
            pytest.param(resource(POLICY, "p", {"metadata": {"namespace": Secret("clinic")}}), ["p"], [], id="by a secret name"),
            pytest.param(resource(POLICY, "p", {"metadata": {"namespace": "other"}}), [], [], id="of another namespace"),
            pytest.param(resource(POLICY, "p", {"metadata": {}}), [], [], id="of the default namespace"),
            pytest.param(
                resource(POLICY, "p", {"metadata": {"namespace": UNKNOWN}}, metadata=f"{NAMESPACE} space"), ["p"], [], id="by link"
            ),
            pytest.param(
                resource(POLICY, "p", {"metadata": {"namespace": UNKNOWN}}, metadata=f"{NAMESPACE} other"),
                [],
                [("p", "metadata.namespace", COMPUTED)],
                id="by a link that leads nowhere",
            ),
            pytest.param(
                resource(POLICY, "p", {"metadata": {"namespace": UNKNOWN}}), [], [("p", "metadata.namespace", COMPUTED)], id="unknown"
            ),
            pytest.param(resource(POLICY, "p", {"metadata": UNKNOWN}), [], [("p", "metadata.namespace", COMPUTED)], id="unknown metadata"),
            pytest.param(
                resource(POLICY, "p", {"metadata": {"namespace": ["clinic"]}}),
                [],
                [("p", "metadata.namespace", "expected a string, got a list")],
                id="of a wrong kind",
            ),
            pytest.param(
                resource(POLICY, "p", {"metadata": {"namespace": "clinic"}}, provider=urn(PROVIDER, "east") + "::id"),
                [],
                [],
                id="of another cluster",
            ),
        ],
    )
    def test_objects_of_a_namespace(self, policy, found, open_):
        space, stack = self.objects(policy)
        assert outcome(stack.namespaced(space, POLICY)) == (found, open_)

    def test_a_namespace_without_a_name_is_named_like_its_resource(self):
        space = resource(NAMESPACE, "clinic", {})
        stack = Stack([space, resource(POLICY, "p", {"metadata": {"namespace": "clinic"}})])
        assert outcome(stack.namespaced(space, POLICY)) == (["p"], [])

    def test_a_namespace_whose_name_is_not_known(self):
        space = resource(NAMESPACE, "space", {"metadata": {"name": UNKNOWN}})
        stack = Stack([space, resource(POLICY, "p", {"metadata": {"namespace": UNKNOWN}}, metadata=f"{NAMESPACE} space")])
        assert outcome(stack.namespaced(space, POLICY)) == (["p"], [("space", "metadata.name", COMPUTED)])

    @pytest.mark.parametrize(
        ("own", "of_provider", "namespace"),
        [
            ("clinic", {"namespace": "shared"}, "clinic"),
            (None, {"namespace": "shared"}, "shared"),
            ("", {"namespace": "shared"}, "shared"),
            (None, {}, "default"),
            (None, None, "default"),
        ],
    )
    def test_namespace_of(self, own, of_provider, namespace):
        provider = [] if of_provider is None else [resource(PROVIDER, "east", of_provider)]
        policy = resource(POLICY, "p", {"metadata": {"namespace": own}}, provider=urn(PROVIDER, "east") + "::id")
        assert Stack([*provider, policy]).namespace_of(policy) == namespace

    def test_an_unknown_namespace_of_the_provider_is_undecided(self):
        policy = resource(POLICY, "p", {}, provider=urn(PROVIDER, "east") + "::id")
        with pytest.raises(Undecided):
            Stack([resource(PROVIDER, "east", {"namespace": UNKNOWN}), policy]).namespace_of(policy)


class TestTypes:
    @pytest.mark.parametrize(
        ("type_", "judged_as"),
        [
            ("kubernetes:core/v1:NamespacePatch", NAMESPACE),
            ("aws:s3/bucketAclV2:BucketAclV2", "aws:s3/bucketAcl:BucketAcl"),
            ("aws:s3/bucketV2:BucketV2", BUCKET),
            ("aws:alb/listener:Listener", "aws:lb/listener:Listener"),
            ("aws:apigatewayv2/apiV2:ApiV2", "aws:apigatewayv2/apiV2:ApiV2"),
            (BUCKET, BUCKET),
        ],
    )
    def test_a_patch_and_a_twin_are_judged_like_the_object(self, type_, judged_as):
        assert rule_type(type_) == judged_as

    def test_resources_of_types(self):
        stack = Stack([resource(NAMESPACE, "a", {}), resource("kubernetes:core/v1:NamespacePatch", "b", {}), resource(BUCKET, "c", {})])
        assert [each.name for each in stack.of(NAMESPACE)] == ["a", "b"]
        assert [each.name for each in stack.of("kubernetes:*")] == ["a", "b"]
        assert [each.name for each in stack.of(BUCKET, NAMESPACE)] == ["c", "a", "b"]
        assert list(stack.of(KEY)) == []


class TestSize:
    def test_parents_in_a_circle_end(self):
        first, second = resource(BUCKET, "a", {}, parent=f"{BUCKET} b"), resource(BUCKET, "b", {}, parent=f"{BUCKET} a")
        stack = Stack([first, second])
        assert [each.name for each in stack.descendants(first.urn)] == ["b"]
        assert stack.ancestors(first.urn) == [first.urn, second.urn]
        assert outcome(stack.linked(first, BLOCK, via="bucket")) == ([], [])

    def test_parents_may_be_deep(self):
        chain = [resource(COMPONENT, str(n), {}, parent=f"{COMPONENT} {n - 1}" if n else "") for n in range(3_000)]
        stack = Stack(chain)
        assert len(list(stack.descendants(chain[0].urn))) == 2_999

    @pytest.mark.parametrize("bucket", ["elsewhere", UNKNOWN, "data-1"], ids=["known", "unknown", "one name"])
    @pytest.mark.parametrize("link", [{}, {"bucket": BUCKETS}], ids=["", "to a component"])
    def test_time_is_linear_in_resources(self, bucket, link):
        """Four times the resources take about four times as long, not sixteen."""

        def seconds(count):
            buckets = [resource(BUCKET, f"data-{n}", {"bucket": f"data-{n}", "arn": UNKNOWN}, parent=BUCKETS) for n in range(count)]
            blocks = [resource(BLOCK, f"block-{n}", {"bucket": bucket}, **link) for n in range(count)]
            stack = Stack([resource(COMPONENT, "records", {}), *buckets, *blocks])
            started = time.process_time()
            for each in buckets[:-1]:
                if each.name != "data-1":
                    outcome(stack.linked(each, BLOCK, via="bucket"))
            for each in blocks:
                outcome(stack.targets(each, BUCKET, via="bucket"))
            return time.process_time() - started

        few, many = (min(seconds(count) for _ in range(3)) for count in (500, 2_000))  # the least disturbed by other work
        assert many < 10 * max(few, 0.01)
