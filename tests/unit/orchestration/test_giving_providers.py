"""Client secrets of providers behind a user pool: asked for once, and never for a removal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from tests.support.fakes import NAME, Bench, FakeTerraform, Killed, synthesize
from tests.support.secret_places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.ports import PlannedChange, StackRun

YES = DeployRequest(confirm=lambda _: True, unattended=True)
GO = DestroyRequest(confirm=lambda _: True, keep_data=False, unattended=True)
SECRET = "swordfish-of-the-provider"
VARIABLE = "oidc_client_secret_Partner_One"
GIVEN = Places(variables={"PARTNER": SECRET})
PROVIDER = "aws_cognito_identity_provider"


class WithVariables(FakeTerraform):
    """Wants a value for each variable, as Terraform does, and puts it where it is used."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.world)
        self.seen: list[tuple[str, str]] = []

    def plan(
        self, run: StackRun, out: Path, *, destroy: bool = False, replace: Iterable[str] = ()
    ) -> tuple[PlannedChange, ...]:
        """Refuse a variable without a value; then plan with the values."""
        file = run.directory / "cdk.tf.json"
        text = file.read_text()
        written = text
        for name in json.loads(text).get("variable", {}):
            value = run.env[f"TF_VAR_{name}"]
            self.seen.append((run.stack, value))
            written = written.replace(f"${{var.{name}}}", value)
        file.write_text(written)
        try:
            return super().plan(run, out, destroy=destroy, replace=replace)
        finally:
            file.write_text(text)


def with_provider(
    deployment: Deployment, out: Path, *, protect_data: bool
) -> tuple[StackNode, ...]:
    """Write the fake stacks; that of the user pool has a provider, whose secret is a variable."""
    nodes = synthesize(deployment, out, protect_data=protect_data)
    auth: CognitoAuth = deployment.settings.auth
    for node in nodes:
        if node.name != "identity" or not auth.identity_providers:
            continue
        file = node.directory / "cdk.tf.json"
        document = json.loads(file.read_text())
        document["variable"] = {VARIABLE: {"sensitive": True, "nullable": False}}
        details = {"client_id": "c", "client_secret": f"${{var.{VARIABLE}}}"}
        document["resource"][PROVIDER] = {
            "partner": {"provider_name": "Partner-One", "provider_details": details}
        }
        file.write_text(json.dumps(document))
    return nodes


def deployment(source: dict[str, str] | None = None, **auth: Any) -> Deployment:
    """Return a deployment with a provider behind its user pool."""
    oidc = {
        "issuer": "https://login.example.com",
        "client_id": "c",
        "client_secret": source or {"env": "PARTNER"},
    }
    provider = {"oidc": oidc, "email_domains": ["example.com"]}
    section = {
        "type": "cognito",
        "admins": ["a@example.org"],
        "identity_providers": {"Partner-One": provider},
        **auth,
    }
    access = {"domain": "hub.example.org", "hosted_zone": "example.org"}
    settings = DeploymentFile.model_validate({"name": NAME, "auth": section, "access": access})
    return Deployment(settings=settings, profiles=ProfilesFile())


def context(bench: Bench, places: Places) -> tuple[Any, WithVariables]:
    """Return what a new process works with."""
    terraform = WithVariables(bench)
    return bench.context(terraform=terraform, synthesize=with_provider, secrets=places), terraform


def run(bench: Bench, places: Places, of: Deployment | None = None) -> WithVariables:
    """Deploy."""
    ctx, terraform = context(bench, places)
    deploy(ctx, of or deployment(), YES)
    return terraform


def notes(bench: Bench) -> list[str]:
    """Return what was said."""
    return [each.text for each in bench.events if isinstance(each, Note)]


def known_secret(bench: Bench) -> str:
    """Return the secret that the provider has."""
    found = bench.world.resources[f"{PROVIDER}-partner"]["provider_details"]["client_secret"]
    return str(found)


def test_first_deploy_without_the_secret_is_refused(bench: Bench) -> None:
    """Before anything is made, with key and variable."""
    with pytest.raises(PreflightError) as caught:
        run(bench, Places())
    assert caught.value.cause == (
        "auth.identity_providers.Partner-One.oidc.client_secret: "
        "the environment variable PARTNER is not set"
    )
    assert not bench.world.resources


def test_second_deploy_asks_for_nothing_and_changes_nothing(bench: Bench) -> None:
    """What is deployed stays, and it is said so."""
    run(bench, GIVEN)
    bench.world.revive()
    terraform = run(bench, Places())
    assert terraform.seen == [("identity", SECRET)]
    assert not [each for each in bench.world.calls if each.startswith("apply")]
    assert any("PARTNER is not set; what is there stays" in each for each in notes(bench))


def test_another_secret_is_a_change(bench: Bench) -> None:
    """A new value in its place reaches the provider, and no other stack."""
    run(bench, GIVEN)
    terraform = run(bench, Places(variables={"PARTNER": "another"}))
    assert {stack for stack, _ in terraform.seen} == {"identity"}
    assert known_secret(bench) == "another"


def test_plan_after_a_deploy_needs_no_secret(bench: Bench) -> None:
    """It shows no change; also where it is to be kept and applied."""
    run(bench, GIVEN)
    for out in (None, bench.workspace.root / "plans"):
        ctx, _ = context(bench, Places())
        report = plan(ctx, deployment(), out=out)
        assert not report.has_changes


@pytest.mark.parametrize("source", [{"env": "PARTNER"}, {"secrets_manager": "partner"}])
def test_plan_that_is_only_looked_at_needs_no_secret(bench: Bench, source: dict[str, str]) -> None:
    """The first one shows what is to come; a later one shows no change."""
    ctx, _ = context(bench, Places())
    first = plan(ctx, deployment(source))
    (identity,) = (each for each in first.stacks if each.stack == "identity")
    assert any(each.type == PROVIDER for each in identity.changes)
    assert any("the plan goes without it" in each for each in notes(bench))
    run(bench, Places(variables={"PARTNER": SECRET}, store={"partner": SECRET}), deployment(source))
    ctx, _ = context(bench, Places())
    assert not plan(ctx, deployment(source)).has_changes


def test_plan_to_be_applied_needs_the_secret(bench: Bench) -> None:
    """It holds what is applied later."""
    ctx, _ = context(bench, Places())
    with pytest.raises(PreflightError, match="cannot be had"):
        plan(ctx, deployment(), out=bench.workspace.root / "plans")


@pytest.mark.parametrize("source", [{"env": "PARTNER"}, {"secrets_manager": "partner"}])
def test_destroy_needs_no_secret(bench: Bench, source: dict[str, str]) -> None:
    """Whatever has become of its place, everything goes."""
    run(bench, Places(variables={"PARTNER": SECRET}, store={"partner": SECRET}), deployment(source))
    ctx, terraform = context(bench, Places())
    destroy(ctx, deployment(source), GO)
    assert not bench.world.resources
    assert SECRET not in {value for _, value in terraform.seen}


def test_login_without_pool_needs_no_secret_of_the_pool(bench: Bench) -> None:
    """A deploy that removes the pool, because the login is another one, asks for nothing."""
    run(bench, GIVEN)
    dummy = DeploymentFile.model_validate({"name": NAME, "auth": {"type": "dummy"}})
    run(bench, Places(), Deployment(settings=dummy, profiles=ProfilesFile()))
    assert not [each for each in bench.world.resources if each.startswith(PROVIDER)]


def test_provider_that_is_left_out_needs_no_secret(bench: Bench) -> None:
    """A deploy without the provider removes it."""
    run(bench, GIVEN)
    run(bench, Places(), deployment(identity_providers={}))
    assert f"{PROVIDER}-partner" not in bench.world.resources


def interrupted(folder: Path) -> Iterator[Bench]:
    """Yield a deployment that was killed at each step of its first deploy."""
    whole = Bench(folder / "whole")
    run(whole, GIVEN)
    for step in range(1, whole.world.steps + 1):
        bench = Bench(folder / str(step))
        bench.world.revive(kill_at=step)
        with pytest.raises(Killed):
            run(bench, GIVEN)
        bench.world.revive()
        yield bench


def test_destroy_after_any_interruption_needs_no_secret(tmp_path: Path) -> None:
    """Whatever was made goes."""
    for bench in interrupted(tmp_path):
        ctx, _ = context(bench, Places())
        destroy(ctx, deployment(), GO)
        assert not bench.world.resources


def test_deploy_after_any_interruption_asks_until_the_provider_is_there(tmp_path: Path) -> None:
    """From then on it goes on without the secret; before, it names it and changes nothing."""
    asked = []
    for bench in interrupted(tmp_path):
        file = bench.workspace.state_file("identity")
        is_there = file.exists() and SECRET in file.read_text()
        asked.append(not is_there)
        ctx, _ = context(bench, Places())
        if is_there:
            deploy(ctx, deployment(), YES)
            assert known_secret(bench) == SECRET
        else:
            before = dict(bench.world.resources)
            with pytest.raises(PreflightError, match="cannot be had"):
                deploy(ctx, deployment(), YES)
            assert bench.world.resources == before
    assert set(asked) == {True, False}
