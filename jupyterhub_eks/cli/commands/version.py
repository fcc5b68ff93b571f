"""``jhub version``: the versions that matter in a bug report."""

import platform

from jupyterhub_eks import __version__, versions
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.summaries import pairs
from jupyterhub_eks.cli.options import Output


def version(output: Output) -> None:
    """Print the versions of jhub, Python and what jhub is built for."""
    facts = {
        "jhub": __version__,
        "python": platform.python_version(),
        "kubernetes": ", ".join(each.minor for each in versions.KUBERNETES_VERSIONS),
        "terraform": f">= {'.'.join(map(str, versions.TERRAFORM_MINIMUM))}",
        "aws provider": versions.AWS_PROVIDER_RANGE,
    }
    screen = Screen(as_json=output.json)
    screen.result(pairs(facts.items(), indent=0))
    screen.document({key.replace(" ", "_"): value for key, value in facts.items()})
