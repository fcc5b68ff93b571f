"""Objects are compared by field; chance and the content of Secrets stay out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyterhub_eks.orchestration.masking import NO_SECRETS, Secrets
from jupyterhub_eks.orchestration.object_changes import ObjectChange, object_changes
from jupyterhub_eks.orchestration.yaml_texts import UnreadableError


def _object(kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}


def _manifest(*objects: dict[str, Any]) -> str:
    return "".join(f"---\n# Source: x.yaml\n{json.dumps(each)}\n" for each in objects)


def _deployment(
    image: str = "a", digest: str = "", replicas: int = 1, **pod: Any
) -> dict[str, Any]:
    template: dict[str, Any] = {"spec": {"containers": [{"name": "c", "image": image}], **pod}}
    if digest:
        template["metadata"] = {"annotations": {"checksum/secret": digest}}
    return _object("Deployment", "hub", spec={"replicas": replicas, "template": template})


def _compare(
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    again: list[dict[str, Any]] | None = None,
    secrets: Secrets = NO_SECRETS,
) -> tuple[ObjectChange, ...]:
    return object_changes(
        _manifest(*before),
        _manifest(*after),
        _manifest(*(after if again is None else again)),
        namespace="jhub",
        secrets=secrets,
    )


def test_objects_come_go_and_change() -> None:
    """Each with its kind and where it is; what stays is not told."""
    stays = _object("Service", "stays")
    changes = _compare(
        [stays, _object("Service", "old"), _deployment(replicas=1)],
        [_deployment(replicas=2), stays, _object("NodePool", "new")],
    )
    assert [(each.action, each.kind, each.namespace, each.name) for each in changes] == [
        ("changed", "Deployment", "jhub", "hub"),
        ("added", "NodePool", "", "new"),
        ("removed", "Service", "jhub", "old"),
    ]
    (field,) = changes[0].fields
    assert (field.name, field.before.value, field.after.value) == ("spec.replicas", 1, 2)
    assert not changes[0].restarts


def test_the_order_of_objects_means_nothing() -> None:
    """Nor do comments."""
    one, two = _object("Service", "a"), _object("Service", "b")
    assert _compare([one, two], [two, one]) == ()


def test_a_changed_pod_restarts() -> None:
    """And digests of other objects are no field that anyone reads."""
    (change,) = _compare([_deployment(digest="1")], [_deployment(digest="2")])
    assert (change.restarts, change.fields) == (True, ())


def test_what_a_chart_makes_up_is_no_change() -> None:
    """Certificates, passwords and names that differ each time."""

    def drawn(chance: str) -> list[dict[str, Any]]:
        return [
            _object("Secret", "s", data={"token": chance}),
            _object("ValidatingWebhookConfiguration", "w", webhooks=[{"caBundle": chance}]),
            _object("Job", f"check-{chance}"),
            _deployment(digest=chance),
        ]

    assert _compare(drawn("x"), drawn("y"), drawn("z")) == ()


def test_of_a_secret_only_the_changed_keys_are_told() -> None:
    """The made-up one stays out; neither value is seen."""

    def secret(chance: str, content: str) -> list[dict[str, Any]]:
        return [_object("Secret", "s", data={"token": chance, "values.yaml": content})]

    changes = _compare(secret("x", "b2xk"), secret("y", "bmV3"), secret("z", "bmV3"))
    (field,) = changes[0].fields
    assert (field.name, field.before.state, field.after.state) == (
        'data["values.yaml"]',
        "sensitive",
        "sensitive",
    )
    assert "b2xk" not in repr(changes)
    assert "bmV3" not in repr(changes)


@pytest.mark.parametrize(
    ("pod", "restarts"),
    [
        ({"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}, True),
        (
            {
                "volumes": [
                    {"name": "v", "secret": {"secretName": "s", "items": [{"key": "token"}]}}
                ]
            },
            False,
        ),
        ({"env": {"valueFrom": {"secretKeyRef": {"name": "s", "key": "token"}}}}, False),
        ({"env": {"valueFrom": {"secretKeyRef": {"name": "s", "key": "config"}}}}, True),
        ({"envFrom": [{"configMapRef": {"name": "s"}}]}, False),
    ],
)
def test_pods_restart_when_a_secret_with_a_made_up_part_changes(
    pod: dict[str, Any], *, restarts: bool
) -> None:
    """Its digest says nothing here, so what the pods read does."""

    def made(chance: str, config: str) -> list[dict[str, Any]]:
        secret = _object("Secret", "s", data={"token": chance, "config": config})
        return [secret, _deployment(digest=chance, **pod)]

    changes = _compare(made("x", "old"), made("y", "new"), made("z", "new"))
    told = [each.kind for each in changes if each.restarts]
    assert told == (["Deployment"] if restarts else [])


def test_a_secret_of_the_values_is_hidden_in_every_object() -> None:
    """Also in the middle of a ConfigMap's text, and in what comes as a whole."""
    secret = "correct horse"
    before = _object("ConfigMap", "c", data={"x": "none"}, list=[])
    after = _object("ConfigMap", "c", data={"x": f"uses {secret}\n"}, list=[{"y": [secret]}])
    changes = _compare([before], [after], secrets=Secrets(within=frozenset({secret})))
    assert changes[0].fields
    assert secret not in repr(changes)


def test_lists_are_taken_apart() -> None:
    """A chart may print one object that holds others."""
    listed = {"apiVersion": "v1", "kind": "List", "items": [_object("Service", "a")]}
    (change,) = _compare([], [listed])
    assert (change.action, change.name) == ("added", "a")


def test_what_is_no_yaml_is_said_to_be_unreadable() -> None:
    """Instead of telling half of it."""
    with pytest.raises(UnreadableError):
        object_changes("a: 1\n", "a: [\n", "a: [\n", namespace="n", secrets=NO_SECRETS)
