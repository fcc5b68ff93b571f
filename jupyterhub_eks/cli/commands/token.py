"""``jhub token``: lets Kubernetes clients (kubectl, Helm, Terraform) into an EKS cluster."""

import os
from typing import Annotated

import typer

from jupyterhub_eks.aws.token import exec_credential, make_token
from jupyterhub_eks.cli.console.screen import Screen


def token(
    *,
    cluster: Annotated[str, typer.Option("--cluster", metavar="NAME", help="Name of the cluster.")],
    region: Annotated[
        str, typer.Option("--region", metavar="REGION", help="Region of the cluster.")
    ],
) -> None:
    """Print a token for the API of an EKS cluster, as a credential plug-in of its clients.

    It is valid for 14 minutes and made of the AWS credentials that are found.
    """
    screen = Screen(as_json=True)
    screen.document(exec_credential(make_token(cluster, region, os.environ)))
