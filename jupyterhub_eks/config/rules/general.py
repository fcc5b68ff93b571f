"""Rules for ``name``, ``region``, ``account``, ``tags``, ``idle`` and ``state``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import bucket_name, deployment_name
from jupyterhub_eks.config.regions import USABLE_ZONES, is_plausible, region_meant
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.config.yamltext import as_yaml_line
from jupyterhub_eks.naming import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

# AWS allows 50 tags; ours and those of EKS and EFS take up to 10.
MAX_TAGS: Final = 40
# AWS takes every kind of space, but no tab and no line end.
_TAG_TEXT = re.compile(r"(?:[\w.:/=+\-@]|[^\S\t\n\r\f\v\x1c-\x1f\x85])*")
_OWN_TAGS: Final = frozenset({DEPLOYMENT_TAG.lower(), "name", "managed-by"})
_OWN_PREFIXES: Final = ("kubernetes.io/", "karpenter.sh/", "eks:", "k8s.io/", "jhub.")
# Amazon S3 "General purpose bucket naming rules".
_BUCKET_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_SUFFIXES: Final = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")


def general_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about the keys at the left margin, ``idle`` and ``state``."""
    yield from _name(settings)
    yield from _region(settings.region)
    yield from _tags(settings.tags)
    yield from _idle(settings)
    yield from _state(settings)


def _name(settings: DeploymentFile) -> Iterator[Finding]:
    name = settings.name
    faults = []
    if name.startswith("sg-"):
        faults.append("begins with `sg-`, which EC2 refuses in security group names")
    if "--" in name:
        faults.append("holds two hyphens in a row")
    for fault in faults:
        yield Finding(
            path=("name",),
            message=f"`name: {name}` {fault}",
            hint=f"write e.g. `name: {deployment_name(name)}`",
        )


def _region(region: str) -> Iterator[Finding]:
    if region in USABLE_ZONES:
        return
    match = region_meant(region)
    meant = f"did you mean `region: {match}`?" if match else "write e.g. `region: us-west-2`"
    if is_plausible(region):
        yield Finding(
            path=("region",),
            message=f"`region: {region}` is not among the regions known to this release",
            hint=f"if it is a new region, go on; otherwise: {meant}",
            severity="warning",
        )
    else:
        yield Finding(
            path=("region",), message=f"`region: {region}` is not an AWS region", hint=meant
        )


def _tags(tags: dict[str, str]) -> Iterator[Finding]:
    if len(tags) > MAX_TAGS:
        yield Finding(
            path=("tags",),
            message=f"{len(tags)} tags; AWS allows 50 on a resource, and the deployment needs 10",
            hint=f"keep at most {MAX_TAGS}",
        )
    for key, value in tags.items():
        if fault := _tag_fault(key, value):
            yield Finding(path=("tags", key), message=fault[0], hint=fault[1])


_TAG_LETTERS: Final = "letters, digits, spaces and `_ . : / = + - @`"
_TAG_KEY: Final = f"1 to 128 {_TAG_LETTERS}"
_TAG_VALUE: Final = f"up to 256 {_TAG_LETTERS}"
_NOT_IN_TAG = re.compile(r"[^\w .:/=+\-@]+")


def _tag_fault(key: str, value: str) -> tuple[str, str] | None:
    lower = key.lower()
    if lower.startswith("aws:"):
        good = as_yaml_line(_tag_text(key[4:])[:128] or "team", value)
        return f"the tag `{key}` begins with `aws:`, which AWS keeps for itself", f"write `{good}`"
    if lower in _OWN_TAGS or lower.startswith(_OWN_PREFIXES):
        return f"the tag `{key}` is set by the deployment itself", "remove it"
    if not 1 <= len(key) <= 128 or not _TAG_TEXT.fullmatch(key):
        good = as_yaml_line(_tag_text(key)[:128] or "team", value)
        message = f"the tag key `{key[:60]}` is not one that AWS accepts"
        return message, f"write e.g. `{good[:200]}`; allowed: {_TAG_KEY}"
    if len(value) > 256 or not _TAG_TEXT.fullmatch(value):
        good = as_yaml_line(key, _tag_text(value)[:256])
        message = f"the value of the tag `{key}` is not one that AWS accepts"
        return message, f"write e.g. `{good[:200]}`; allowed: {_TAG_VALUE}"
    return None


def _tag_text(text: str) -> str:
    return _NOT_IN_TAG.sub("-", text).strip("- ")


def _idle(settings: DeploymentFile) -> Iterator[Finding]:
    idle = settings.idle
    if idle.kernel_minutes > idle.server_minutes:
        yield Finding(
            path=("idle", "kernel_minutes"),
            message=f"kernels stop after {idle.kernel_minutes} idle minutes, but their server "
            f"already after {idle.server_minutes}",
            hint=f"write at most `kernel_minutes: {idle.server_minutes}`",
            also=(("idle", "server_minutes"),),
            severity="warning",
        )
    if 0 < idle.max_age_hours * 60 < idle.server_minutes:
        yield Finding(
            path=("idle", "max_age_hours"),
            message=f"servers stop after {idle.max_age_hours} h in any case, before the "
            f"{idle.server_minutes} idle minutes are over",
            hint="write a longer `max_age_hours`, or 0 for none",
            also=(("idle", "server_minutes"),),
            severity="warning",
        )


def _state(settings: DeploymentFile) -> Iterator[Finding]:
    state = settings.state
    if state.backend == "local":
        if state.bucket:
            yield Finding(
                path=("state", "bucket"),
                message="`bucket` is not used: `backend` is `local`",
                hint="write `backend: s3`, or remove `bucket`",
                also=(("state", "backend"),),
                severity="warning",
            )
        return
    if not state.bucket and not settings.account:
        yield Finding(
            path=("state", "backend"),
            message="`backend: s3` needs a bucket name, or an account to make one from",
            hint='add e.g. `account: "123456789012"` at the left margin, or '
            "`bucket: my-terraform-state` under `state`",
            also=(("state", "bucket"), ("account",)),
        )
    bucket = state.bucket or ""
    if bucket.startswith(_BUCKET_PREFIXES) or bucket.endswith(_BUCKET_SUFFIXES):
        yield Finding(
            path=("state", "bucket"),
            message=f"`bucket: {bucket}` begins or ends with letters that S3 keeps for itself",
            hint=f"write e.g. `bucket: {bucket_name(f'{settings.name[:57]}-state')}`",
        )
