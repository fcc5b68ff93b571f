"""Cut what Helm says about a release to cause and remedy.

Helm is called by Terraform's helm provider or by ``carrier``; its words are the same, and
mean something else than the same words of AWS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.tools.terraform_output import Diagnostic

_PROVIDER: Final = "helm_release."
# The carrier's own words, within Terraform's about the command that it ran.
_CARRIED: Final = re.compile(r"helm [\w ]+ of release '.*", re.DOTALL)
_MOST_CHARACTERS: Final = 600
_AGAIN: Final = "run the same command again, which goes on from here"


def _remedy(pattern: str, text: str) -> tuple[re.Pattern[str], str]:
    return re.compile(pattern, re.IGNORECASE), text


# The first that matches decides; the words are those of Helm 3 and 4 and of Kubernetes.
_REMEDIES: Final = (
    _remedy(
        r"failed calling webhook",
        f"the webhook that it names does not answer: see that its pods run, then {_AGAIN}",
    ),
    _remedy(
        r"no matches for kind|ensure CRDs are installed",
        "somebody deleted the definition of that kind: put it back, for Karpenter's by\n"
        "`helm rollback karpenter-crd REVISION -n kube-system` with the last revision of\n"
        f"`helm history karpenter-crd -n kube-system`; then {_AGAIN}",
    ),
    _remedy(
        r"namespaces \"[^\"]+\" not found",
        "somebody deleted that namespace. Put the hub's back: free its volumes, whose files "
        "stay,\nby `kubectl delete pv jupyterhub-home jupyterhub-shared`, then\n"
        "`helm rollback hub-base REVISION -n kube-system` with the last revision of\n"
        f"`helm history hub-base -n kube-system`; then {_AGAIN}",
    ),
    _remedy(
        r"unauthorized|must be logged in|asked for the client to provide credentials"
        r"|forbidden: User",
        "the identity that deploys needs an access entry of the cluster (`cluster.admins`); "
        f"if it has one, {_AGAIN}: the API may not have been able to ask who it is",
    ),
    _remedy(
        r"cluster unreachable|connection refused|connection reset|i/o timeout|no such host"
        r"|TLS handshake timeout|: EOF",
        "the Kubernetes API does not answer. On AWS: check that this machine's network reaches it\n"
        "(`cluster.public_access_cidrs`). On this machine: `jhub local cluster status` says what\n"
        f"runs, and the next deploy starts it. Then {_AGAIN}",
    ),
    _remedy(
        r"invalid ownership metadata|cannot be imported into the current release",
        "an object of that name is in the cluster and does not belong to this deployment: "
        "remove or rename it, then run the same command again",
    ),
    _remedy(
        r"another operation \(install/upgrade/rollback\) is in progress",
        "wait until the other Helm has ended, then run the same command again",
    ),
    _remedy(
        r"status: Terminating|being terminated",
        "something holds what is being deleted: `kubectl get namespaces` and\n"
        "`kubectl describe namespace NAME` say what; end it and run the same command again",
    ),
    _remedy(
        r"deadline exceeded|timed out",
        "see with `kubectl get pods -A` what is not ready and why (on this machine with the\n"
        f"KUBECONFIG that `jhub local cluster status` names), then {_AGAIN}",
    ),
)
_OTHERWISE: Final = "the log has Helm's whole answer; run the same command again to retry"


def release_failure(what: str, diagnostics: Sequence[Diagnostic], log: str) -> ClusterError | None:
    """Return the error if everything that went wrong is about releases; otherwise None.

    Args:
        what: The operation and the stack.
        diagnostics: Errors that Terraform told.
        log: File with the whole output.
    """
    told = [_told(each) for each in diagnostics]
    if not told or not all(told):
        return None
    cause = "\n".join(dict.fromkeys(told))
    remedies = (remedy for pattern, remedy in _REMEDIES if pattern.search(cause))
    return ClusterError(what, cause=cause, hint=next(remedies, _OTHERWISE), log=log)


def _told(diagnostic: Diagnostic) -> str:
    """Return what is said about a release, or nothing if it is about something else."""
    if diagnostic.address.startswith(_PROVIDER):
        text = f"{diagnostic.address}: {diagnostic.summary} {diagnostic.detail}"
    elif found := _CARRIED.search(diagnostic.detail):
        text = found.group()
    else:
        return ""
    text = "\n".join(dict.fromkeys(text.strip().splitlines()))
    return f"{text[:_MOST_CHARACTERS]}…" if len(text) > _MOST_CHARACTERS else text
