"""Errors of Terraform are cut to cause, resource and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterhub_eks.errors import (
    AlreadyExistsError,
    DeployerError,
    LocalAwsError,
    PreflightError,
    StalePlanError,
    StateError,
    TerraformError,
    ToolError,
)
from jupyterhub_eks.tools.terraform_errors import failure
from jupyterhub_eks.tools.terraform_output import Diagnostic

LOG = Path("log")


def _nothing(_: str) -> DeployerError | None:
    return None


def _error(summary: str, detail: str = "", address: str = "") -> Diagnostic:
    return Diagnostic(severity="error", summary=summary, detail=detail, address=address)


def _fail(*diagnostics: Diagnostic, stderr: str = "") -> DeployerError:
    return failure("terraform apply failed", diagnostics, stderr, LOG, _nothing)


@pytest.mark.parametrize(
    ("text", "kind", "remedy"),
    [
        ("Saved plan is stale", StalePlanError, "plan again"),
        (
            'Post "http://127.0.0.1:4566/": dial tcp 127.0.0.1:4566: connect: connection refused',
            LocalAwsError,
            "jhub local reset",
        ),
        ("Error acquiring the state lock", StateError, "wait"),
        ("write /x: no space left on device", StateError, "room"),
        ("api error StateNotSaved: the embedded AWS cannot save its state", StateError, "room"),
        ("Failed to query available provider packages", ToolError, "JHUB_PROVIDER_MIRROR"),
        ("api error ExpiredToken: The security token included", PreflightError, "log in"),
        ("No valid credential sources found", PreflightError, "credentials"),
        ("api error UnauthorizedOperation: You are not", TerraformError, "allowed"),
        ("InsufficientInstanceCapacity: We currently", TerraformError, "instance_types"),
        ("VpcLimitExceeded: The maximum number of VPCs", TerraformError, "Service Quotas"),
        (
            "The specified access entry resource is already in use on this cluster.",
            TerraformError,
            "cluster.admins",
        ),
        ("EntityAlreadyExists: Role with name x exists", AlreadyExistsError, "`name`"),
        ("DependencyViolation: resource sg-1 has a dependent", TerraformError, "still uses"),
        ("Instance cannot be destroyed", TerraformError, "protected"),
        ("Cannot import non-existent remote object", TerraformError, "--delete-data"),
        ("Unable to find remote state", TerraformError, "--stack"),
        ("Throttling: Rate exceeded", TerraformError, "parallelism"),
        ("something unheard of", TerraformError, "log"),
    ],
)
def test_known_causes_have_their_class_and_remedy(
    text: str, kind: type[DeployerError], remedy: str
) -> None:
    """The class decides the exit code, the hint says what to do."""
    error = _fail(_error("creating something", text, "aws_x.y"))
    assert type(error) is kind
    assert remedy in error.hint
    assert error.log == "log"


def test_repeated_errors_are_grouped() -> None:
    """One cause on many resources is told once, with the first three of them."""
    error = _fail(*(_error("Denied", "why", f"a.b{n}") for n in range(5)))
    assert error.cause == "a.b0, a.b1, a.b2 and 2 more: Denied: why"


def test_the_same_answer_of_aws_is_told_once() -> None:
    """Names and request ids differ in what the SDK wraps it in."""
    wrapped = (
        "creating EventBridge Target ({0}): operation error EventBridge: PutTargets, "
        "https response error StatusCode: 400, RequestID: {0}-7f, api error Throttled: slower"
    )
    error = _fail(*(_error(wrapped.format(n), address=f"a.b{n}") for n in range(3)))
    assert error.cause == "a.b0, a.b1, a.b2: EventBridge PutTargets: Throttled: slower"


def test_many_different_errors_are_cut() -> None:
    """Five are shown, the rest counted."""
    error = _fail(*(_error(f"E{n}") for n in range(8)))
    assert error.cause.splitlines()[-1] == "and 3 more errors"


def test_a_long_detail_is_cut() -> None:
    """The log has the rest."""
    assert len(_fail(_error("E", "x" * 5000)).cause) < 500


def test_without_diagnostics_the_end_of_stderr_is_the_cause() -> None:
    """The frame that Terraform draws is taken off."""
    error = _fail(stderr="╷\n│ Error: bad\n│ \n│ really\n╵\n")
    assert error.cause == "Error: bad\nreally"


def test_the_wiring_may_know_better() -> None:
    """Its explanation is raised, with the log added."""
    explained = ToolError("no mirror has it")
    error = failure("x", (_error("provider registry"),), "", LOG, lambda _: explained)
    assert error is explained
    assert error.log == "log"


def test_a_dumped_state_is_not_shown() -> None:
    """Terraform prints the whole state when it cannot write it, secrets included."""
    dump = '│ Error: Failed to save state\n{\n  "client_secret": "hush",\n}\n'
    error = failure("terraform apply failed", (), dump, Path("log"), lambda _: None)

    assert error.cause == "Error: Failed to save state"
