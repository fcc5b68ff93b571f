"""Cut Terraform's errors to cause, resource and remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
from jupyterhub_eks.tools.release_errors import release_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jupyterhub_eks.tools.terraform_output import Diagnostic

    Explain = Callable[[str], DeployerError | None]


@dataclass(frozen=True)
class KnownCause:
    """A pattern in Terraform's words, the class of failure it is, and the remedy."""

    pattern: re.Pattern[str]
    error: type[DeployerError]
    hint: str


def _known(pattern: str, error: type[DeployerError], hint: str) -> KnownCause:
    return KnownCause(re.compile(pattern, re.IGNORECASE), error, hint)


# The first that matches decides; error codes are those of the AWS APIs.
KNOWN_CAUSES: Final = (
    _known(
        r"saved plan (is stale|does not match)",
        StalePlanError,
        "plan again: the state has moved since this plan was made",
    ),
    _known(
        r"(connection refused|connect: |EOF|connection reset)[^\n]*\b(127\.0\.0\.1|localhost)\b"
        r"|\b(127\.0\.0\.1|localhost):\d+[^\n]*(connection refused|: EOF|connection reset)",
        LocalAwsError,
        "the embedded AWS has stopped: run the same command again; if what was deployed on it "
        "is gone, run `jhub local reset`",
    ),
    _known(
        r"could not be parsed as JSON|unsupported state file format|state file [^\n]*not valid"
        r"|state snapshot[^\n]*(invalid|not valid|corrupt)|could not be parsed",
        StateError,
        "the state file is damaged, as a full disk leaves it: run the same command again, which "
        "puts a whole one in its place, or says how to",
    ),
    _known(
        r"error acquiring the state lock|state blob is already locked",
        StateError,
        "a Terraform process still works on this stack: wait until it has ended and run the "
        "same command again",
    ),
    _known(
        r"no space left on device|disk quota exceeded|StateNotSaved",
        StateError,
        "make room on the disk of the work folder and run the same command again: what could "
        "not be written is put in its place",
    ),
    _known(
        r"failed to (query available|install) provider|provider registry|"
        r"could not (retrieve|query) [^\n]*provider|registry service is unreachable",
        ToolError,
        "give access to the provider registry, or name a folder with the provider in "
        "JHUB_PROVIDER_MIRROR, or put it into one of Terraform's own plug-in folders",
    ),
    _known(
        r"ExpiredToken|token (has|is) expired|RequestExpired|SSO session[^\n]*expired",
        PreflightError,
        "the credentials have expired: log in again (for example `aws sso login`) and run the "
        "same command again; it continues where it stopped",
    ),
    _known(
        r"no valid credential sources|InvalidClientTokenId|SignatureDoesNotMatch"
        r"|UnrecognizedClientException|failed to refresh cached credentials",
        PreflightError,
        "give valid AWS credentials (AWS_PROFILE, or the AWS_* variables) and run again",
    ),
    _known(
        r"AccessDenied|UnauthorizedOperation|is not authorized to perform",
        TerraformError,
        "the credentials may not do this: have the named action allowed, then run again",
    ),
    _known(
        r"InsufficientInstanceCapacity|InsufficientCapacity|UnsupportedAvailabilityZone"
        r"|do not currently have sufficient .*capacity",
        TerraformError,
        "AWS has no capacity there now: add instance types in "
        "`cluster.system_nodes.instance_types`, choose other zones, or run again later",
    ),
    _known(
        r"LimitExceeded|QuotaExceeded|quota[^\n]*exceeded|AddressLimit|VcpuLimit|maximum number of",
        TerraformError,
        "a quota of the account is used up: free something or ask AWS for more "
        "(Service Quotas), then run again",
    ),
    _known(
        r"access entry resource is already in use",
        TerraformError,
        "the identity has an entry already, as whoever created the cluster has: take it out of "
        "`cluster.admins`; it is administrator anyway",
    ),
    _known(
        r"AlreadyExists|already exists|EntityAlreadyExists|ResourceInUseException[^\n]*exist"
        r"|ResourceConflictException|MountTargetConflict|InvalidGroup\.Duplicate",
        AlreadyExistsError,
        "it exists, and was not found to be this deployment's by its tag jhub.deployment: choose "
        "another `name`, or remove it, then run again",
    ),
    _known(
        r"DependencyViolation|has dependencies and cannot be deleted|ResourceInUse|DeleteConflict"
        r"|is currently in use",
        TerraformError,
        "something that this deployment did not make still uses the resource: remove that, "
        "then run the same command again",
    ),
    _known(
        r"prevent_destroy|Instance cannot be destroyed",
        TerraformError,
        "the change would replace or remove protected data: undo it, or `jhub destroy` first",
    ),
    _known(
        r"cannot import non-existent remote object",
        TerraformError,
        "data that a destroy had kept does not exist any more: `jhub destroy --delete-data` "
        "forgets it, then deploy again",
    ),
    _known(
        r"unable to find remote state|No stored state was found",
        TerraformError,
        "deploy the stacks it depends on first: run `jhub deploy` without `--stack`",
    ),
    _known(
        r"Throttling|RequestLimitExceeded|TooManyRequests|Rate exceeded",
        TerraformError,
        "AWS asks for fewer requests: run the same command again, with a lower parallelism",
    ),
)
# How the AWS SDK wraps an answer; the request's id stands in the log.
_SDK_ERROR: Final = re.compile(
    r"^.*?operation error (?P<service>[^:]+): (?P<operation>\w+), .*?"
    r"https response error StatusCode: \d+, RequestID: \S*,(?: HostID: \S*,)?"
    r" (?:api error )?(?P<answer>.*)$"
)
_MOST_SHOWN: Final = 5
_MOST_LINES: Final = 6
_JSON_BEGINS: Final = frozenset('{}[]"')


def failure(
    what: str, diagnostics: Sequence[Diagnostic], stderr: str, log: Path, explain: Explain
) -> DeployerError:
    """Return the error to raise for a failed command.

    Args:
        what: The operation and the stack, e.g. ``terraform apply failed in 'network'``.
        diagnostics: Errors that Terraform told in its machine-readable output.
        stderr: What it wrote besides; used when there are no diagnostics.
        log: File with the whole output.
        explain: Asked first, with the whole text; knows what only the wiring can know,
            e.g. which mirrors were searched for the provider.
    """
    whole = "\n".join(f"{each.summary}\n{each.detail}" for each in diagnostics) or stderr
    explained = explain(whole)
    if explained is not None:
        explained.log = explained.log or str(log)
        return explained
    if about_releases := release_failure(what, diagnostics, str(log)):
        return about_releases
    known = next((each for each in KNOWN_CAUSES if each.pattern.search(whole)), None)
    error = known.error if known else TerraformError
    hint = known.hint if known else "the log has Terraform's whole output; run again to retry"
    return error(what, cause=_shorten(diagnostics, stderr), hint=hint, log=str(log))


def _shorten(diagnostics: Sequence[Diagnostic], stderr: str) -> str:
    if not diagnostics:
        lines = [line.strip("│╷╵ ") for line in stderr.splitlines()]
        # JSON is Terraform's log or, when it could not write it, the whole state with its secrets.
        told = [line for line in lines if line and line[0] not in _JSON_BEGINS]
        return "\n".join(told[-_MOST_LINES:]) or "it was killed, or ended without a message"
    groups: dict[str, list[str]] = {}
    for each in diagnostics:
        addresses = groups.setdefault(_text(each), [])
        if each.address:
            addresses.append(each.address)
    shown = [_group(text, addresses) for text, addresses in groups.items()]
    more = len(shown) - _MOST_SHOWN
    return "\n".join(shown[:_MOST_SHOWN] + ([f"and {more} more errors"] if more > 0 else []))


def _text(diagnostic: Diagnostic) -> str:
    detail = _answer(" ".join(diagnostic.detail.split()))
    summary = _answer(diagnostic.summary)
    return f"{summary}: {detail}" if detail else summary


def _answer(text: str) -> str:
    """Return what AWS said and to which call, so that the same answer is the same text."""
    if found := _SDK_ERROR.match(text):
        text = f"{found['service']} {found['operation']}: {found['answer']}"
    return f"{text[:400]}…" if len(text) > 400 else text


def _group(text: str, addresses: list[str]) -> str:
    if not addresses:
        return text
    others = f" and {len(addresses) - 3} more" if len(addresses) > 3 else ""
    return f"{', '.join(addresses[:3])}{others}: {text}"
