"""Check single answers by the models and rules that check the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.problems import Problem


def problems_of(answers: Mapping[str, Any], *, login: str = "dummy") -> tuple[Problem, ...]:
    """Return what is wrong with, or odd about, the answered keys themselves.

    Args:
        answers: Dotted key to value, e.g. ``access.domain``; what is not answered is not missed.
        login: Login to go by while ``auth.type`` is not answered.
    """
    try:
        found = load(ConfigSources(overrides={"auth.type": login, **answers})).warnings
    except ConfigError as error:
        found = error.problems
    return tuple(problem for problem in found if problem.path.partition("[")[0] in answers)
