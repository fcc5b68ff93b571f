"""What Helm says of a release is an error of the cluster, with the remedy for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ClusterError, DeployerError, LocalAwsError
from jupyterhub_eks.tools.terraform_errors import failure
from jupyterhub_eks.tools.terraform_output import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable

RAN = """Error running command 'exec "python3" -m jupyterhub_eks.tools.carrier install': """


def _fail(*diagnostics: Diagnostic) -> DeployerError:
    return failure("terraform apply of 'hub'", diagnostics, "", Path("log"), lambda _: None)


def _carried(text: str) -> Diagnostic:
    return Diagnostic(
        severity="error",
        summary="local-exec provisioner error",
        detail=f"{RAN}exit status 1. Output: helm upgrade of release 'nodes' failed: {text}\n",
        address="terraform_data.Nodes_content",
    )


def _provided(text: str) -> Diagnostic:
    return Diagnostic(severity="error", summary=text, address="helm_release.Nodes")


REFUSED = (
    'Kubernetes cluster unreachable: Get "https://127.0.0.1:24313/version": '
    "dial tcp 127.0.0.1:24313: connect: connection refused"
)
CASES = [
    (REFUSED, "the Kubernetes API does not answer"),
    ("the server has asked for the client to provide credentials", "cluster.admins"),
    ('no matches for kind "NodeOverlay" in version "karpenter.sh/v1alpha1"', "rollback"),
    ('create: failed to create: namespaces "jupyterhub" not found', "rollback hub-base"),
    ("exists and cannot be imported into the current release: invalid", "does not belong"),
    ("another operation (install/upgrade/rollback) is in progress", "other Helm"),
    ('failed calling webhook "x.example.org": connection refused to it', "pods run"),
    ("resource Namespace//hub still exists. status: Terminating", "describe namespace"),
    ("resource Deployment/hub not ready\ncontext deadline exceeded", "kubectl get pods"),
    ("anything else", "whole answer"),
]


@pytest.mark.parametrize("wrap", [_carried, _provided], ids=["carried", "helm provider"])
@pytest.mark.parametrize(("text", "remedy"), CASES)
def test_helms_words_are_an_error_of_the_cluster(
    wrap: Callable[[str], Diagnostic], text: str, remedy: str
) -> None:
    """Not of AWS, though the words are often the same; nobody is sent to ``local reset``."""
    error = _fail(wrap(text))

    assert type(error) is ClusterError
    assert remedy in error.hint
    assert text.splitlines()[0] in error.cause
    assert RAN not in error.cause


def test_an_error_of_aws_beside_it_is_not_hidden() -> None:
    """When the embedded AWS stops, its hint is the one that helps."""
    gone = 'Post "http://127.0.0.1:4566/": dial tcp 127.0.0.1:4566: connect: connection refused'

    error = _fail(_carried("x"), Diagnostic(severity="error", summary=gone, address="aws_x.Y"))

    assert type(error) is LocalAwsError


def test_the_same_answer_is_told_once() -> None:
    """Helm repeats itself for every object."""
    error = _fail(_carried("one\ntwo\ntwo"), _carried("one\ntwo\ntwo"))

    assert error.cause == "helm upgrade of release 'nodes' failed: one\ntwo"
