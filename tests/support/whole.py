"""A whole deployment as it is synthesized, to be judged and, in copies, to be spoilt.

A requirement is a function that returns what is wrong with a :class:`Whole`. Its test
wants an empty answer for every deployment of :data:`CASES`, and an answer for each copy
into which a former deployer's mistake has been put.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.resources import data_root
from tests.support import hub
from tests.support.pools import EVERY_KIND, deployment_with, pool
from tests.support.release_values import release_values
from tests.support.synth import StackJson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from tests.support.synth import Stacks

EXAMPLES: Final = data_root() / "examples"
HUB: Final = "jupyterhub"
REMOVED: Final = object()


def _example(folder: str, *overlays: str) -> Callable[[], Deployment]:
    files = tuple(EXAMPLES / folder / name for name in ("jhub.yaml", *overlays))
    return lambda: load(ConfigSources(files=files)).deployment


# Every example, every type of login, every exposure, every kind of pool.
CASES: Final[dict[str, Callable[[], Deployment]]] = {
    **{path.parent.name: _example(path.parent.name) for path in EXAMPLES.glob("*/jhub.yaml")},
    "staging": _example("cognito-team", "staging.yaml"),
    "defaults": hub.deployment,
    "gitlab": lambda: hub.deployment(auth=hub.OAUTH, access=hub.DOMAIN),
    "oidc": lambda: hub.deployment(
        auth={**hub.OAUTH, "provider": "oidc", "issuer": "https://login.example.org"},
        access={**hub.DOMAIN, "load_balancer": "alb", "visibility": "internal"},
    ),
    "federated": lambda: hub.deployment(auth=hub.FEDERATED, access=hub.DOMAIN),
    "existing-pool": lambda: hub.deployment(auth=hub.EXISTING_POOL, access=hub.DOMAIN),
    "every-pool": lambda: deployment_with(
        {**EVERY_KIND, "spot": pool("m7i", sizes=["xlarge"], capacity="spot")},
        auth={"type": "dummy", "admins": ["root"]},
        network={"secondary_cidr": "100.64.0.0/16", "interface_endpoints": ["sts"]},
        cluster={"prefix_delegation": True},
        budget={"monthly_usd": 500, "email": ["alice@example.org"]},
    ),
}


@dataclass(frozen=True)
class Whole:
    """Both halves of a deployment.

    Attributes:
        deployment: What was configured.
        stacks: Terraform JSON by name of the stack.
        values: Values by name of the Helm release, as Helm reads them.
    """

    deployment: Deployment
    stacks: Stacks
    values: dict[str, dict[str, Any]]

    @property
    def hub(self) -> dict[str, Any]:
        """Values of the ``jupyterhub`` chart."""
        return self.values[HUB]

    @property
    def profiles(self) -> list[dict[str, Any]]:
        """The choices on the server page."""
        found: list[dict[str, Any]] = self.hub["singleuser"]["profileList"]
        return found

    @property
    def exposed(self) -> bool:
        """Whether there is a load balancer."""
        return self.deployment.settings.access.effective_visibility != "port-forward"

    @property
    def login(self) -> dict[str, Any]:
        """Settings of the authenticator in use; empty where it has no section of its own."""
        config = self.hub["hub"]["config"]
        name = config["JupyterHub"]["authenticator_class"].rpartition(".")[2]
        found: dict[str, Any] = config.get(name, {})
        return found

    def resources(self, *kinds: str) -> dict[str, dict[str, Any]]:
        """Return the resources of all stacks of the given types, or of any, by address."""
        return {
            f"{stack.name}.{kind}.{key}": body
            for stack in self.stacks.values()
            for kind, bodies in stack.content.get("resource", {}).items()
            if not kinds or kind in kinds
            for key, body in bodies.items()
        }

    def kinds(self, block: str = "resource") -> set[str]:
        """Return the types of all resources, or of all data sources."""
        return {kind for stack in self.stacks.values() for kind in stack.content.get(block, {})}

    def releases(self) -> dict[str, dict[str, Any]]:
        """Return all Helm releases by name."""
        return {body["name"]: body for body in self.resources("helm_release").values()}

    def nodes(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return Karpenter's objects of a kind: spec by name."""
        objects = self.values["nodes"]["objects"]
        return {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == kind}

    def statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every statement of every IAM policy, with the policy's address."""
        for address, body in self.resources("aws_iam_policy", "aws_iam_role_policy").items():
            for each in json.loads(body["policy"])["Statement"]:
                yield address, each

    def hub_code(self) -> str:
        """Return all code of ours that the hub runs."""
        return "\n".join(self.hub["hub"].get("extraConfig", {}).values())

    def spoilt(self, spoil: Spoil) -> Whole:
        """Return a copy with a mistake in it.

        Raises:
            AssertionError: The mistake changes nothing, so that noticing it shows nothing.
        """
        stacks = {
            name: StackJson(stack=each.stack, content=deepcopy(each.content))
            for name, each in self.stacks.items()
        }
        copy = Whole(deployment=self.deployment, stacks=stacks, values=deepcopy(self.values))
        spoil(copy)
        contents = {name: each.content for name, each in stacks.items()}
        before = {name: each.content for name, each in self.stacks.items()}
        assert (contents, copy.values) != (before, self.values)
        return copy


Spoil = Callable[[Whole], None]


def whole_of(deployment: Deployment, stacks: Stacks) -> Whole:
    """Return a deployment with its stacks, and the values of its releases read."""
    values = {
        body["name"]: release_values(stack, body["name"])
        for stack in stacks.values()
        for body in stack.resources("helm_release").values()
    }
    return Whole(deployment=deployment, stacks=stacks, values=values)


def value(release: str, *path: str | int, to: Any = REMOVED) -> Spoil:
    """Return the mistake of another value of a release, or of none."""
    return lambda whole: _put(whole.values[release], path, to)


def block(stack: str, *path: str | int, to: Any = REMOVED) -> Spoil:
    """Return the mistake of something else in a stack's Terraform JSON, or of nothing."""
    return lambda whole: _put(whole.stacks[stack].content, path, to)


def resource(stack: str, kind: str, *path: str | int, to: Any = REMOVED) -> Spoil:
    """Return the mistake of another attribute of a stack's only or first resource of a type."""

    def spoil(whole: Whole) -> None:
        first = next(iter(whole.stacks[stack].resources(kind).values()))
        _put(first, path, to)

    return spoil


def node(kind: str, name: str, *path: str | int, to: Any = REMOVED) -> Spoil:
    """Return the mistake of something else in the spec of one of Karpenter's objects."""
    return lambda whole: _put(whole.nodes(kind)[name], path, to)


def profile(name: str, *path: str | int, to: Any = REMOVED) -> Spoil:
    """Return the mistake of something else in the profile that starts with ``name``."""

    def spoil(whole: Whole) -> None:
        found = next(each for each in whole.profiles if each["display_name"].startswith(name))
        _put(found, path, to)

    return spoil


def _put(into: Any, path: tuple[str | int, ...], to: Any) -> None:
    *outer, last = path
    for key in outer:
        into = into.setdefault(key, {}) if isinstance(into, dict) else into[key]
    if to is REMOVED:
        del into[last]
    elif isinstance(into, list) and last == len(into):
        into.append(to)
    else:
        into[last] = to
