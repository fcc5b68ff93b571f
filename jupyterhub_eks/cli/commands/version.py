"""``jhub version``: the versions that matter in a bug report."""

import os

from jupyterhub_eks import __version__, versions
from jupyterhub_eks.cli.console.parts import draw_parts, parts_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Output
from jupyterhub_eks.cli.parts import find_parts


def version(output: Output) -> None:
    """Print the versions of jhub and of everything it works with."""
    screen = Screen(as_json=output.json)
    parts = find_parts(os.environ)
    kubernetes = [each.minor for each in versions.KUBERNETES_VERSIONS]
    screen.result(draw_parts(__version__, parts, kubernetes))
    screen.document(parts_document(__version__, parts, kubernetes))
