"""Clients of a Kubernetes API: by a token of EKS, or by a context of the user's kubeconfig."""

from __future__ import annotations

import base64
import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx2
from lightkube import Client
from lightkube.config.kubeconfig import KubeConfig
from lightkube.core.exceptions import ConfigError

from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.kubeconfig import kubeconfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lightkube.config.kubeconfig import SingleConfig

_ANSWER_SECONDS: Final = 15.0
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def eks_client(server: str, certificate_authority: str, token: str) -> Client:
    """Return a client that shows one token.

    Args:
        server: ``https://…``.
        certificate_authority: PEM of the API's authority.
        token: What the API accepts.

    Raises:
        ClusterError: The authority is no certificate.
    """
    try:
        # As the client library would; it leaves a file open where that fails.
        ssl.create_default_context(cadata=certificate_authority or None)
    except ssl.SSLError as error:
        raise ClusterError(
            f"the Kubernetes API at {server} cannot be trusted",
            cause=f"what AWS names as its certificate authority is no certificate: {error}",
            hint="with the embedded AWS, deploy again: it then says whether there is a cluster",
        ) from error
    authority = base64.b64encode(certificate_authority.encode()).decode()
    config = kubeconfig("eks", server=server, authority=authority, user={"token": token})
    return _client(KubeConfig.from_dict(config).get())


def context_client(name: str, environ: Mapping[str, str] | None = None) -> Client:
    """Return a client for a context of the user's kubeconfig.

    Args:
        name: The context.
        environ: The process's environment: ``KUBECONFIG``, else ``~/.kube/config``.

    Raises:
        ClusterError: No file has that context, or one cannot be read.
    """
    return _client(find_context(name, os.environ if environ is None else environ))


def find_context(name: str, environ: Mapping[str, str]) -> SingleConfig:
    """Return a context of the user's kubeconfig; arguments and errors as above."""
    files = tuple(_files(environ))
    known: list[str] = []
    for path in files:
        try:
            config = KubeConfig.from_file(path)
        except (ConfigError, OSError, ValueError, KeyError, AttributeError) as error:
            raise ClusterError(
                f"the kubeconfig {path} cannot be read",
                cause=str(error),
                hint="correct it, or name another one in KUBECONFIG",
            ) from error
        if name in config.contexts:
            found = config.get(name)
            if found is not None:
                return found
        known += config.contexts
    raise ClusterError(
        f"there is no context {name!r} in the kubeconfig",
        cause=f"looked in {', '.join(map(str, files))}; contexts: {', '.join(known)}"
        if files
        else "there is no kubeconfig",
        hint="name one of `kubectl config get-contexts` with --kube-context",
    )


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    listed = environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
    for text in listed.split(os.pathsep):
        path = Path(text).expanduser()
        if text and path.is_file():
            yield path


def _client(config: SingleConfig | None) -> Client:
    # A proxy of the user's leads to AWS, and never to this machine itself.
    is_here = config is not None and urlsplit(config.cluster.server).hostname in _LOOPBACK
    return Client(config=config, timeout=httpx2.Timeout(_ANSWER_SECONDS), trust_env=not is_here)
