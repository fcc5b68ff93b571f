"""Rules for ``environment`` of a profile: names, what is ours, and what should be a Secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Set by JupyterHub 5.5, KubeSpawner 7.0, or by this program.
_OURS: Final = re.compile(
    r"(?:JUPYTERHUB_.*|JPY_.*|(?:MEM|CPU)_(?:LIMIT|GUARANTEE)|JUPYTER_IMAGE(?:_SPEC)?"
    r"|NVIDIA_VISIBLE_DEVICES)"
)
_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|APIKEY|(?:API|ACCESS|PRIVATE"
    r"|SIGNING|ENCRYPTION)_KEY)(?:$|_ID$|_KEY$)",
    re.IGNORECASE,
)
# By their form: keys of AWS, tokens of GitHub, GitLab, Hugging Face, OpenAI and Slack, JSON Web
# Tokens, private keys, and addresses with a password.
_SECRET_VALUE: Final = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_|glpat-|hf_[A-Za-z0-9]{20,}"
    r"|sk-[A-Za-z0-9_-]{20,}|xox[abprs]-|eyJ[A-Za-z0-9_-]{10,}\.eyJ|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|://[^/@\s:]+:[^/@\s]+@"
)


def environment_rules(path: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield findings about the variables of a profile at ``path``; no value is shown."""
    for name, value in environment.items():
        where = (*path, "environment", name)
        if not _NAME.fullmatch(name):
            meant = re.sub(r"[^A-Za-z0-9_]+", "_", name.strip()).lstrip("0123456789") or "NAME"
            yield Finding(
                path=where,
                message=f"`{name[:60]}` is no name for an environment variable",
                hint=f"write e.g. `{meant[:60]}`; letters, digits and `_`, no digit first",
                at_key=True,
            )
        elif _OURS.fullmatch(name):
            yield Finding(
                path=where,
                message=f"`{name}` is set by the hub itself",
                hint="remove it; amounts are chosen with `cpu`, `memory` and `gpu`",
                at_key=True,
            )
        elif value and (_SECRET_NAME.search(name) or _SECRET_VALUE.search(value)):
            yield Finding(
                path=where,
                message=f"`{name}` looks like a secret; everybody who may see the hub's values or "
                "pods can read it",
                hint="put it in a Secret and mount that: "
                "`volumes: [{name: login, mount: /secrets/login, secret: NAME}]`",
                at_key=True,
                severity="warning",
            )
