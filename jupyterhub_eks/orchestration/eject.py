"""Use case ``eject``: plain Terraform JSON for people who go on without ``jhub``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration.bundle import check_empty
from jupyterhub_eks.orchestration.files import STACK_FILE, backend_of, read_document
from jupyterhub_eks.versions import TERRAFORM_MINIMUM

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Synthesize
    from jupyterhub_eks.orchestration.reports import StackNode

_README = """\
# {name}: Terraform configuration

Plain Terraform JSON, written by `jhub eject`. It needs `jhub` for one thing only: the helm
provider of `platform` and `hub` asks `jhub token` for its access to the cluster, so `jhub` must
be on PATH. To go on without it, let `exec` in the provider block of the two call the AWS CLI:
command `aws`, args `["eks", "get-token", "--cluster-name", "{name}"]`.

Work on the stacks in this order, and destroy them in the opposite one; a stack reads the
outputs of those it needs from their state:

| stack | resources | needs |
|---|---|---|
{table}

In each folder:

    terraform init
    terraform plan -out plan
    terraform apply plan

Before `hub` is destroyed, stop every user server; before `platform`, delete the NodePools and wait
until no NodeClaim is left, while Karpenter still runs: whatever it has started stays otherwise.

{secrets}{backend}
Terraform {minimum} or newer is needed. File system, access points and backups are protected by
`prevent_destroy`: take every such line out of `stacks/storage/cdk.tf.json` before you destroy
them with all their data.

To work against the embedded AWS of `jhub` instead, set in your shell what
`jhub local start` prints. Without a way to the Terraform registry, let TF_CLI_CONFIG_FILE name
a configuration with a `filesystem_mirror` of the AWS and the helm provider.
"""
_SECRETS = """\
These secrets are in no file. Give each as an environment variable of that name when you plan and
apply its stack; a plan file holds them, so remove it afterwards, and the states do:

| stack | variable | what it is |
|---|---|---|
{rows}

"""
_LOCAL = """\
State is kept in `state/`. If `jhub` has deployed this already, copy its state folder
(`.jhub/aws/{name}/terraform/state`, or the same below `.jhub/local/`) here before the first
`terraform init`; without it Terraform would try to create everything a second time.
"""
_SHARED = """\
State is kept in the bucket `{bucket}`, the same as `jhub` uses: from now on use only one of the
two to change the deployment.
"""


def eject(synthesize: Synthesize, deployment: Deployment, directory: Path) -> tuple[StackNode, ...]:
    """Write the stacks and a README into ``directory``, which must be empty or new.

    Raises:
        RefusedError: ``directory`` holds something already.
        StateError: It cannot be written.
    """
    check_empty(directory)
    nodes = synthesize(deployment, directory, protect_data=True)
    try:
        (directory / "README.md").write_text(_readme(deployment.name, nodes), encoding="utf-8")
    except OSError as error:
        raise StateError(
            f"cannot write {directory}", cause=str(error), hint="choose another folder"
        ) from error
    return nodes


def _readme(name: str, nodes: tuple[StackNode, ...]) -> str:
    documents = [read_document(node.directory) for node in nodes]
    kind, settings = backend_of(documents[0]) if documents else ("local", {})
    backend = (
        _SHARED.format(bucket=settings["bucket"]) if kind == "s3" else _LOCAL.format(name=name)
    )
    rows = [
        f"| [{node.name}](stacks/{node.name}/{STACK_FILE}) | {node.resources} | "
        f"{', '.join(node.depends_on) or '-'} |"
        for node in nodes
    ]
    minimum = ".".join(str(part) for part in TERRAFORM_MINIMUM[:2])
    return _README.format(
        name=name,
        table="\n".join(rows),
        secrets=_secrets(nodes),
        backend=backend,
        minimum=minimum,
    )


def _secrets(nodes: tuple[StackNode, ...]) -> str:
    """Return what must be given besides the files, or nothing."""
    rows = [
        f"| {node.name} | `TF_VAR_{variable}` | {settings['description']} |"
        for node in nodes
        for variable, settings in read_document(node.directory).get("variable", {}).items()
    ]
    return _SECRETS.format(rows="\n".join(rows)) if rows else ""
