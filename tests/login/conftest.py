"""Hubs and providers that cases share, so that each pair is started once per worker."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hub import ENVIRONMENT
from tests.support.login_site import Site, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.support.browser import Browser

    Sites = Callable[[Mapping[str, Any]], Site]


# What JupyterHub, and a library of the provider, say of themselves.
_THEIRS = (
    "ignore:The `version` property of an event schema",
    "ignore:get_jwt_config:DeprecationWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let others warn of what is not ours."""
    for item in items:
        if "tests/login" in item.nodeid:
            for warning in _THEIRS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session", autouse=True)
def hub_environment() -> Iterator[None]:
    """Give this process what a deployed hub has in its environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        # Made by the chart; login state is kept with it.
        patch.setenv("JUPYTERHUB_CRYPT_KEY", "ab" * 32)
        yield


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Return the site of an ``auth`` section; the same one for the same section."""
    known: dict[str, Site] = {}
    with ExitStack() as stack:

        def get(auth: Mapping[str, Any]) -> Site:
            key = json.dumps(auth, sort_keys=True)
            if key not in known:
                known[key] = stack.enter_context(site(auth, tmp_path_factory.mktemp("hub")))
            return known[key]

        yield get


@pytest.fixture
def browsers() -> Iterator[Callable[[Site], Browser]]:
    """Return new browsers of a site."""
    with ExitStack() as stack:
        yield lambda where: stack.enter_context(where.browser())
