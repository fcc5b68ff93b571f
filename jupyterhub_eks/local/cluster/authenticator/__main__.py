"""``python -m …authenticator``: serve the webhook on loopback until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.local.cluster.authenticator.app import Webhook
from jupyterhub_eks.local.cluster.authenticator.entries import user_of
from jupyterhub_eks.local.cluster.authenticator.tokens import RefusedTokenError, identify

if TYPE_CHECKING:
    from jupyterhub_eks.local.cluster.authenticator.entries import KubernetesUser
    from jupyterhub_eks.local.supervisor import LocalAws


class Directory:
    """Finds the user of a token with the embedded AWS of a work folder.

    The embedded AWS may be stopped, started or moved to another port at any time, so it is
    looked for at every question.
    """

    def __init__(self, cluster: str, region: str, work_dir: Path) -> None:
        self._cluster = cluster
        self._region = region
        self._work_dir = work_dir
        self._clients: tuple[str, Clients] | None = None

    def identify(self, token: str) -> KubernetesUser:
        """Return the user of a token.

        Raises:
            RefusedTokenError: It is nobody's.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to load

        aws = supervisor.find(self._work_dir)
        if aws is None:
            raise RefusedTokenError("the embedded AWS does not run: nobody can say whose it is")
        caller = identify(token, aws.endpoint, self._cluster, datetime.now(UTC))
        try:
            return user_of(caller, self._cluster, self._eks(aws))
        except (BotoCoreError, ClientError) as error:
            raise RefusedTokenError(f"EKS does not tell the access entries: {error}") from error

    def _eks(self, aws: LocalAws) -> Any:
        if self._clients is None or self._clients[0] != aws.endpoint:
            self._clients = (aws.endpoint, Clients(self._region, aws.env))
        return self._clients[1].get("eks")


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser()
    for name in ("port", "certificate", "key", "clients", "cluster", "region", "work-dir"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    directory = Directory(given.cluster, given.region, Path(given.work_dir))
    uvicorn.run(
        Webhook(directory.identify),
        host="127.0.0.1",
        port=int(given.port),
        ssl_certfile=given.certificate,
        ssl_keyfile=given.key,
        # Whether a token is good is told to nobody without a certificate of this cluster.
        ssl_ca_certs=given.clients,
        ssl_cert_reqs=ssl.CERT_REQUIRED,
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
