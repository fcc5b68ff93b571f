"""What a failed ``terraform init`` says about providers, in words that help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.providers import WAYS
from jupyterhub_eks.tools.terraform_binary import platform_name
from jupyterhub_eks.versions import AWS_PROVIDER_RANGE

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.errors import DeployerError

_UNREACHABLE: Final = re.compile(
    r"could not connect to registry|failed to request discovery document"
    r"|Failed to query available provider packages|Failed to install provider",
    re.IGNORECASE,
)
_NO_VERSION: Final = re.compile(
    r"no available releases match|not available for your platform"
    r"|does not have a package available"
)
_OTHER_CONTENT: Final = re.compile(r"doesn't match any of the checksums")
_OTHER_VERSION: Final = re.compile(
    r"previously-selected version [^ ]+ is no longer available"
    r"|locked provider .{0,200}? does not match|Inconsistent dependency lock file"
)


def explain_init_failure(text: str, directory: Path) -> DeployerError | None:
    """Return the error behind a failed ``terraform init`` if it is about a provider.

    Args:
        text: Output of the command, without colours.
        directory: Folder in which it was run.

    Returns:
        None when the failure has another reason, e.g. the backend.
    """
    plain = " ".join(re.sub(r"[│╷╵]", " ", text).split())
    lock = directory / ".terraform.lock.hcl"
    if _OTHER_CONTENT.search(plain):
        return ToolError(
            "the AWS provider that was found is not the one that was used before",
            cause=f"its checksum is none of those in {lock}",
            hint=f"if the provider was replaced on purpose: rm {lock}\nand run the same command "
            "again; if not, find out who did: the checksum guards you against a changed program",
        )
    if other := _OTHER_VERSION.search(plain):
        return ToolError(
            "the version of the AWS provider that was used before is not where Terraform looked",
            cause=f"{other.group(0)}; it is named in {lock}",
            hint=f"bring that version back, or go on with the one that is there: rm {lock}\n"
            "and run the same command again (an older provider may not read a newer one's state)",
        )
    if _NO_VERSION.search(plain):
        return ToolError(
            f"no AWS provider {AWS_PROVIDER_RANGE} for {platform_name()} where Terraform looked",
            cause=_first(plain, _NO_VERSION),
            hint=WAYS,
        )
    if _UNREACHABLE.search(plain):
        return ToolError(
            "neither a provider mirror nor Terraform's registry can be used",
            cause=_first(plain, _UNREACHABLE),
            hint=WAYS,
        )
    return None


def _first(text: str, pattern: re.Pattern[str]) -> str:
    """Return about a sentence around the first match."""
    found = pattern.search(text)
    if found is None:
        return ""
    start = text.rfind("Error: ", 0, found.end())
    begin = start if start >= 0 else max(0, found.start() - 100)
    return text[begin : found.end() + 300]
