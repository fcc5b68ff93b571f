"""Whole deployments for the tests of requirements, each synthesized once in the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.support.whole import CASES, Whole, whole_of

if TYPE_CHECKING:
    from tests.support.synth import Synthesizer

Case = Callable[[str], Whole]


@pytest.fixture(scope="session")
def case(synthesizer: Synthesizer) -> Case:
    """Return a deployment of ``CASES`` by its name; not to be changed."""

    @cache
    def find(name: str) -> Whole:
        deployment = CASES[name]()
        return whole_of(deployment, synthesizer(deployment))

    return find


@pytest.fixture(scope="session", params=sorted(CASES))
def whole(request: pytest.FixtureRequest, case: Case) -> Whole:
    """Each deployment in turn."""
    return case(request.param)


@pytest.fixture(scope="session")
def rich(case: Case) -> Whole:
    """A public deployment with Cognito and every kind of pool, to be spoilt in copies."""
    return case("accelerators")
