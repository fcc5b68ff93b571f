"""Secrets of the login come from where the configuration says, or stay, or are all named."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cluster_port import ClusterObject
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.eject import eject
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from tests.support.cluster import FakeCluster
from tests.support.fakes import NAME, FakeTerraform, synthesize
from tests.support.secret_places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.ports import PlannedChange, StackRun
    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True, unattended=True)
SECRET = "swordfish-of-the-client"
OAUTH = {"type": "oauth", "provider": "gitlab", "client_id": "c", "admins": ["root"]}
VARIABLE = "TF_VAR_hub_secret_client_secret"


class Watching(FakeTerraform):
    """Remembers the secrets in the environment of each plan and of each apply."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.world)
        self.seen: list[tuple[str, dict[str, str]]] = []

    def plan(
        self, run: StackRun, out: Path, *, destroy: bool = False, replace: Iterable[str] = ()
    ) -> tuple[PlannedChange, ...]:
        """Look, then plan."""
        self.seen.append((run.stack, {k: v for k, v in run.env.items() if k.startswith("TF_VAR")}))
        return super().plan(run, out, destroy=destroy, replace=replace)

    def of(self, stack: str) -> dict[str, str]:
        """Return what the last plan of a stack was given."""
        return [given for name, given in self.seen if name == stack][-1]


def with_hub(deployment: Deployment, out: Path, *, protect_data: bool) -> tuple[StackNode, ...]:
    """Write the fake stacks, with the name of the hub's for one; it has a variable to be given."""
    nodes = synthesize(deployment, out, protect_data=protect_data)
    (source,) = (each for each in nodes if each.name == "cluster")
    # What it makes has names of its own, as it is applied beside the cluster's.
    text = (source.directory / "cdk.tf.json").read_text()
    document = json.loads(text.replace('"cluster', '"hub'))
    document["terraform"]["backend"]["local"]["path"] = "../../state/hub.tfstate"
    document["variable"] = {"needed": {"sensitive": True, "description": "A secret"}}
    directory = out / "stacks" / "hub"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "cdk.tf.json").write_text(json.dumps(document))
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["stacks"]["hub"] = {"dependencies": ["network"]}
    (out / "manifest.json").write_text(json.dumps(manifest))
    return (*nodes, replace(source, name="hub", directory=directory))


def deployment(**auth: Any) -> Deployment:
    """Return a deployment with a login."""
    access = {"domain": "hub.example.org", "hosted_zone": "example.org"}
    settings = DeploymentFile.model_validate({"name": NAME, "auth": auth, "access": access})
    return Deployment(settings=settings, profiles=ProfilesFile())


def run(bench: Bench, places: Places, cluster: FakeCluster | None = None, **auth: Any) -> Watching:
    """Deploy and return what Terraform was given."""
    terraform = Watching(bench)
    context = bench.context(
        terraform=terraform,
        synthesize=with_hub,
        secrets=places,
        kubernetes=Kubernetes(open=lambda _: cluster),
    )
    deploy(context, deployment(**(auth or OAUTH)), YES)
    return terraform


def keeping(**data: str) -> FakeCluster:
    """Return a cluster with a login Secret."""
    cluster = FakeCluster()
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
    cluster.put(
        "secrets",
        ClusterObject(name="hub-login", namespace="jupyterhub", body={"data": encoded}),
    )
    return cluster


@pytest.mark.parametrize(
    ("source", "places"),
    [
        (None, Places(variables={"JHUB_CLIENT_SECRET": SECRET})),
        ({"env": "MINE"}, Places(variables={"MINE": SECRET})),
        ({"secrets_manager": "lab/hub"}, Places(store={"lab/hub": SECRET})),
        (None, Places(typed=SECRET)),
    ],
)
def test_a_secret_reaches_its_stack_only(
    bench: Bench, source: dict[str, str] | None, places: Places
) -> None:
    """As a variable in the environment of stack hub, and of no other."""
    given = run(bench, places, **OAUTH, **({"client_secret": source} if source else {}))

    assert given.of("hub") == {VARIABLE: SECRET}
    assert all(not each for stack, each in given.seen if stack != "hub")


def test_all_that_is_missing_is_named_at_once(bench: Bench) -> None:
    """Where it is configured and where it was sought, before anything is changed."""
    secrets = {"A": {"env": "ONE"}, "B": {"secrets_manager": "two"}}

    with pytest.raises(PreflightError) as caught:
        run(bench, Places(), type="custom", authenticator="a.B", admins=["r"], secrets=secrets)

    assert caught.value.exit_code == 4
    assert caught.value.cause.splitlines() == [
        "auth.secrets.A: the environment variable ONE is not set",
        "auth.secrets.B: there is no secret two",
    ]
    assert not [each for each in bench.world.calls if each.startswith(("plan", "apply"))]


@pytest.mark.parametrize(
    ("value", "why"), [(f"{SECRET} ", "blank"), ("a\nb", "line break"), ("w0rd", "8 characters")]
)
def test_what_cannot_be_the_secret_is_refused_unseen(bench: Bench, value: str, why: str) -> None:
    """The message says what is wrong with it and not what it is."""
    places = Places(variables={"P": value})

    with pytest.raises(PreflightError, match=r"auth\.password|secret") as caught:
        run(bench, places, type="dummy", password={"env": "P"})

    assert why in caught.value.cause
    assert value not in str(caught.value) + caught.value.cause


def test_a_later_deploy_keeps_what_is_in_the_cluster(bench: Bench) -> None:
    """Nobody is asked, and Terraform gets the same value, so that it sees no change."""
    run(bench, Places(variables={"JHUB_CLIENT_SECRET": SECRET}))
    places = Places(typed="not to be asked for")

    given = run(bench, places, keeping(**{"client-secret": "rotated"}))

    assert given.of("hub") == {VARIABLE: "rotated"}
    assert not places.asked
    notes = [each.text for each in bench.events if isinstance(each, Note)]
    assert any("JHUB_CLIENT_SECRET is not set; what is there stays" in each for each in notes)


@pytest.mark.parametrize("deployed", ["c", "another"])
def test_a_secret_of_another_client_is_not_kept(bench: Bench, deployed: str) -> None:
    """With another client, or another login, the secret that is there opens nothing."""
    run(bench, Places(variables={"JHUB_CLIENT_SECRET": SECRET}))
    cluster = keeping(**{"client-secret": SECRET})
    values = f"hub: {{config: {{JupyterHub: null, OAuth: {{client_id: {deployed}}}}}}}".encode()
    data = {"data": {"values.yaml": base64.b64encode(values).decode()}}
    cluster.put("secrets", ClusterObject(name="hub", namespace="jupyterhub", body=data))

    if deployed == OAUTH["client_id"]:
        assert run(bench, Places(), cluster).of("hub") == {VARIABLE: SECRET}
        return
    with pytest.raises(PreflightError) as caught:
        run(bench, Places(), cluster)
    assert "not set; what is there is the secret of another client" in caught.value.cause


def test_a_stored_secret_that_is_gone_is_said_although_one_is_kept(bench: Bench) -> None:
    """The configuration names it, so whoever took it away meant something."""
    run(bench, Places(store={"s": SECRET}), **OAUTH, client_secret={"secrets_manager": "s"})

    with pytest.raises(PreflightError, match="cannot be had"):
        run(
            bench,
            Places(),
            keeping(**{"client-secret": SECRET}),
            **OAUTH,
            client_secret={"secrets_manager": "s"},
        )


def test_a_first_plan_needs_no_secret(bench: Bench) -> None:
    """The hub cannot be planned before what it stands on is there."""
    places = Places()

    report = plan(bench.context(synthesize=with_hub, secrets=places), deployment(**OAUTH))

    assert {each.stack for each in report.stacks if each.waits_for} >= {"hub"}
    assert not places.asked


def test_destroy_asks_for_nothing(bench: Bench) -> None:
    """Terraform wants each variable to have a value, and reads none of them."""
    run(bench, Places(typed=SECRET))
    terraform = Watching(bench)
    context = bench.context(terraform=terraform, synthesize=with_hub, secrets=Places())

    destroy(context, None, DestroyRequest(confirm=lambda _: True, keep_data=False, unattended=True))

    assert terraform.of("hub") == {"TF_VAR_needed": "removed"}


def test_states_are_their_owners_only(bench: Bench) -> None:
    """Whatever mode Terraform gave them, backups included."""
    run(bench, Places(typed=SECRET))
    folder = bench.workspace.state_file("hub").parent
    backup = folder / "hub.tfstate.backup"
    backup.write_text("{}")
    for each in folder.iterdir():
        os.chmod(each, 0o644)  # noqa: PTH101 - as Terraform leaves them

    run(bench, Places(typed=SECRET))

    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}


def test_ejected_files_say_what_must_be_given(tmp_path: Path) -> None:
    """By the variable's name and its stack."""
    eject(with_hub, deployment(**OAUTH), tmp_path / "out")

    text = (tmp_path / "out" / "README.md").read_text()
    assert "| hub | `TF_VAR_needed` | A secret |" in text
