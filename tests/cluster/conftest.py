"""A real control plane, built once and kept in the cache, and clients of it.

With ``--kube-context NAME`` the tests that need no more than an API use that cluster; those
that need a control plane of their own are skipped.
"""

from __future__ import annotations

import os
import uuid
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from lightkube import Client, KubeConfig
from lightkube.codecs import from_dict
from lightkube.resources.core_v1 import Namespace

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.building import Compiled, Compiling, ensure_built
from jupyterhub_eks.local.cluster.golang import find_go
from jupyterhub_eks.local.cluster.nodes import connect
from jupyterhub_eks.local.cluster.programs import build_in
from jupyterhub_eks.workspace import cache_dir
from tests.cluster.controller.build import controller_build, ensure_controller
from tests.cluster.controller.lab import Site
from tests.cluster.life import Life
from tests.cluster.planes import Plane
from tests.support.command import ensure_terraform
from tests.support.helm import helm_or_skip
from tests.support.hub import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterhub_eks.local.cluster.building import BuildEvent
    from jupyterhub_eks.local.cluster.programs import Build

_EVERY_SECONDS = 30.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a cluster be named that is there already."""
    parser.addoption("--kube-context", metavar="NAME", help="use this context of the kubeconfig")


def context(config: pytest.Config) -> str | None:
    """Name of the cluster that is to be used; the option is unknown to a run of all trees."""
    found: str | None = config.getoption("--kube-context", default=None)
    return found


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Build:
    """The programs, built on the first run, with lines on the terminal while that takes time."""
    if name := context(request.config):
        pytest.skip(f"needs a control plane of its own, and --kube-context {name} is given")
    if not build_in(cache_dir()).complete:
        try:
            find_go(os.environ)
        except LocalClusterError as error:
            pytest.skip(f"{error.message}: {error.cause}")
    return ensure_built(cache_dir(), _narrator(request.config))


def _narrator(config: pytest.Config) -> Callable[[BuildEvent], None]:
    manager = config.pluginmanager.getplugin("capturemanager")
    said = [0.0]

    def say(event: BuildEvent) -> None:
        if isinstance(event, Compiling) and 0 < event.seconds < said[0] + _EVERY_SECONDS:
            return
        said[0] = event.seconds if isinstance(event, Compiling) else 0.0
        text = event.program if isinstance(event, Compiling | Compiled) else ""
        verb = "built" if isinstance(event, Compiled) else "building"
        with manager.global_and_fixture_disabled():
            print(f"\n{verb} {text or event}", end="", flush=True)  # noqa: T201 - it takes minutes

    return say


@pytest.fixture(scope="session")
def plane(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A control plane that runs for the whole session."""
    found = Plane(tmp_path_factory.mktemp("plane"), build)
    try:
        found.start()
        yield found
    finally:
        control_plane.reset_all(found.root)


@pytest.fixture(scope="session")
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """An administrator of the named cluster, or of the one that runs for the session."""
    if name := context(request.config):
        config = KubeConfig.from_env().get(context_name=name)
        with Client(config=config, field_manager="jhub-tests") as named:
            yield named
        return
    plane: Plane = request.getfixturevalue("plane")
    with connect(plane.start().kubeconfig) as own:
        yield own


@pytest.fixture
def namespace(client: Client) -> Iterator[str]:
    """A namespace of the test's own."""
    name = f"jhub-test-{uuid.uuid4().hex[:8]}"
    client.create(from_dict({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))
    try:
        yield name
    finally:
        client.delete(Namespace, name)


@pytest.fixture(scope="session")
def life(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A work folder for the real ``jhub`` in which the Kubernetes of this machine is found."""
    assert build.complete
    ensure_terraform()
    helm_or_skip()
    made = Life.in_folder(tmp_path_factory.mktemp("life"))
    yield made
    made.end()


@pytest.fixture
def deployed(life: Life) -> Life:
    """A deployment of both halves."""
    life.ensure_deployed()
    return life


@pytest.fixture(scope="module")
def site(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A control plane of this module's own, since Karpenter removes nodes."""
    if find_spec("moto") is None:
        pytest.skip("moto[server] is not installed; requirements/dev.txt has it")
    program = controller_build(cache_dir()).path("karpenter")
    if not program.is_file():
        try:
            find_go(os.environ)
        except LocalClusterError as error:
            pytest.skip(f"{error.message}: {error.cause}")
    folder = tmp_path_factory.mktemp("karpenter")
    plane = Plane(folder / "plane", build)
    try:
        controller = ensure_controller(cache_dir(), lambda _: None)
        yield Site(plane=plane, build=build, controller=controller, folder=folder)
    finally:
        control_plane.reset_all(plane.root)


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    """Give the hub the variables that come from its Secret."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield
