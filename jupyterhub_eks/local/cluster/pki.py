"""Keys and certificates of one control plane, made on this machine for this machine.

Three authorities: one for the Kubernetes API and its users, one for etcd, so that no user of
the API can go past it, and one for the API server as a proxy that vouches for users before
aggregated APIs. Their keys are never written: when certificates near their end, or
one is missing, all are made anew. The key that signs service-account tokens is kept.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from pathlib import Path

VALIDITY: Final = timedelta(days=30)
# A plane that is found on a start with less than this left gets new certificates.
RENEW_BEFORE: Final = timedelta(days=10)
SERVICE_IP: Final = "172.20.0.1"
_LOOPBACK: Final = ("127.0.0.1", "localhost")
_API_NAMES: Final = (
    *_LOOPBACK,
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    SERVICE_IP,
)
API_CA: Final = "api-ca"
ETCD_CA: Final = "etcd-ca"
PROXY_CA: Final = "proxy-ca"
AUTHORITIES: Final = (API_CA, ETCD_CA, PROXY_CA)
ACCOUNTS: Final = "service-accounts"
# Written when all files are there; holds the time at which the certificates end.
COMPLETE: Final = "complete"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A certificate to be made.

    Attributes:
        name: File name without ending.
        authority: Which of the authorities signs it.
        user: Its common name; for a client the user name in Kubernetes.
        group: Its organisation; for a client the group in Kubernetes.
        hosts: Names and addresses that it may serve.
        client: Whether it may be shown by a client.
    """

    name: str
    authority: str
    user: str
    group: str = ""
    hosts: tuple[str, ...] = ()
    client: bool = True


_MASTERS: Final = "system:masters"
IDENTITIES: Final = (
    Identity(name="etcd", authority=ETCD_CA, user="etcd", hosts=_LOOPBACK),
    Identity(name="etcd-client", authority=ETCD_CA, user="kube-apiserver"),
    Identity(name="proxy", authority=PROXY_CA, user="kube-apiserver-proxy"),
    Identity(
        name="apiserver", authority=API_CA, user="kube-apiserver", hosts=_API_NAMES, client=False
    ),
    Identity(
        name="controller-manager", authority=API_CA, user="system:kube-controller-manager",
        hosts=_LOOPBACK,
    ),
    Identity(name="scheduler", authority=API_CA, user="system:kube-scheduler", hosts=_LOOPBACK),
    Identity(name="kwok", authority=API_CA, user="kwok", group=_MASTERS),
    Identity(name="admin", authority=API_CA, user="jhub-admin", group=_MASTERS),
    Identity(
        name="authenticator", authority=API_CA, user="authenticator", hosts=_LOOPBACK, client=False
    ),
    Identity(name="authenticator-client", authority=API_CA, user="kube-apiserver-webhook"),
)  # fmt: skip


def ensure_pki(folder: Path, now: datetime | None = None) -> bool:
    """Make the certificates of a control plane unless they last for a while yet.

    Args:
        folder: Folder to fill; its mode becomes 700, that of every file in it 600.
        now: The time; by default the present.

    Returns:
        Whether new ones were made, so that what uses the old ones has to be started again.

    Raises:
        OSError: The folder cannot be written.
    """
    moment = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if _lasts(folder, moment):
        return False
    (folder / COMPLETE).unlink(missing_ok=True)
    from jupyterhub_eks.local.cluster import issuing  # noqa: PLC0415 - slow to load, seldom needed

    until = moment + VALIDITY
    for name in AUTHORITIES:
        issuing.issue_all(
            folder, name, [each for each in IDENTITIES if each.authority == name], moment, until
        )
    if not private_key(folder, ACCOUNTS).exists():  # a new one would end all tokens that are out
        issuing.make_signing_key(folder, ACCOUNTS)
    replace_file(folder / COMPLETE, until.isoformat().encode())
    return True


def certificate(folder: Path, name: str) -> Path:
    """Return the file of a certificate."""
    return folder / f"{name}.crt"


def private_key(folder: Path, name: str) -> Path:
    """Return the file of a private key."""
    return folder / f"{name}.key"


def public_key(folder: Path, name: str) -> Path:
    """Return the file of a public key."""
    return folder / f"{name}.pub"


def _lasts(folder: Path, now: datetime) -> bool:
    try:
        until = datetime.fromisoformat((folder / COMPLETE).read_text())
    except (OSError, ValueError):
        return False
    names = [each.name for each in IDENTITIES]
    files = [certificate(folder, name) for name in (*AUTHORITIES, *names)]
    files += [private_key(folder, name) for name in (*names, ACCOUNTS)]
    return until - now > RENEW_BEFORE and all(os.access(path, os.R_OK) for path in files)
