"""Rules for labels and taints of the user's own: Kubernetes' syntax, and names of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pools import PoolConfig

# Kubernetes, "Labels and Selectors": syntax and character set.
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_PREFIX: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
)
_LONGEST_PREFIX: Final = 253
_LONGEST_VALUE: Final = 63
MOST_LABELS: Final = 90
# By Karpenter, the kubelet, EKS and the device plugins; and ours.
_RESERVED: Final = (
    "karpenter.sh",
    "karpenter.k8s.aws",
    "kubernetes.io",
    "k8s.io",
    "k8s.aws",
    "eks.amazonaws.com",
    "efs.csi.aws.com",
    "aws.amazon.com",
    "nvidia.com",
    "hub.jupyter.org",
    "jhub",
)
# What is set by a key of its own, by the label that says it.
_KEYS: Final = {
    "topology.kubernetes.io/zone": "zones",
    "topology.k8s.aws/zone-id": "zones",
    "kubernetes.io/arch": "architecture",
    "karpenter.sh/capacity-type": "capacity",
    "node.kubernetes.io/instance-type": "instances",
    "karpenter.k8s.aws/instance-family": "instances",
    "karpenter.k8s.aws/instance-size": "sizes",
    "hub.jupyter.org/dedicated": "dedicated",
}


def label_rules(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    """Yield findings about ``labels`` and ``taints`` of a pool."""
    for key, value in pool.labels.items():
        base = (*path, "labels", key)
        yield from _key(base, key, "label", at_key=True)
        yield from _value(base, value)
    if len(pool.labels) > MOST_LABELS:
        yield Finding(
            path=(*path, "labels"),
            message=f"{len(pool.labels)} labels are more than Karpenter takes",
            hint=f"keep {MOST_LABELS} or fewer",
        )
    seen = set()
    for index, taint in enumerate(pool.taints):
        base = (*path, "taints", index)
        yield from _key((*base, "key"), taint.key, "taint")
        yield from _value((*base, "value"), taint.value)
        if (taint.key, taint.effect) in seen:
            yield Finding(
                path=(*base, "key"),
                message=f"`{taint.key}` with the effect `{taint.effect}` is there twice",
                hint="keep one of them, or give it another effect",
                also=((*base, "effect"),),
            )
        seen.add((taint.key, taint.effect))


def _key(path: Path, key: str, what: str, *, at_key: bool = False) -> Iterator[Finding]:
    if found := key_fault(key, what):
        yield Finding(path=path, message=found[0], hint=found[1], at_key=at_key)


def key_fault(key: str, what: str) -> tuple[str, str] | None:
    """Return why nodes of a pool cannot have a label or taint, and what to write; None: they can.

    Args:
        key: Its key.
        what: ``label`` or ``taint``.
    """
    return _reserved(key, what) or _misspelt(key, what)


def _reserved(key: str, what: str) -> tuple[str, str] | None:
    prefix, slash, name = key.partition("/")
    owner = next(
        (each for each in _RESERVED if slash and (prefix == each or prefix.endswith(f".{each}"))),
        None,
    )
    if owner is None:
        return None
    message = f"`{key[:80]}` is no {what} of your own: `{owner}` is reserved"
    if key in _KEYS:
        return message, f"use `{_KEYS[key]}` of the pool"
    own = name if _NAME.fullmatch(name) else "team"
    return message, f"write it with a domain of your own, e.g. `example.org/{own}`"


def _misspelt(key: str, what: str) -> tuple[str, str] | None:
    prefix, slash, name = key.rpartition("/")
    good_prefix = not slash or (
        len(prefix) <= _LONGEST_PREFIX and _PREFIX.fullmatch(prefix) is not None
    )
    if good_prefix and _NAME.fullmatch(name):
        return None
    hint = (
        "write e.g. `example.org/team`: up to 63 letters, digits and `. _ -` between letters or "
        "digits, with a lower-case domain and `/` in front if you like"
    )
    return f"`{key[:80]}` is no key of a {what}", hint


def _value(path: Path, value: str) -> Iterator[Finding]:
    if value == "" or _NAME.fullmatch(value):
        return
    fault = (
        f"has {len(value)} characters; the most is {_LONGEST_VALUE}"
        if len(value) > _LONGEST_VALUE
        else "is no value of a label or taint"
    )
    meant = re.sub(r"[^A-Za-z0-9._-]+", "-", value)[:_LONGEST_VALUE].strip("._-")
    yield Finding(
        path=path,
        message=f"`{value[:80]}` {fault}",
        hint=f"write e.g. `{meant or 'physics'}`; allowed: up to 63 letters, digits and `. _ -` "
        "between letters or digits",
    )
