"""The spawner of the previewed hub: KubeSpawner's own page, choices and pod, and a local start."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from kubernetes_asyncio.client import ApiClient

from jupyterhub_eks.preview.hub.local_servers import CannotStart, after_failure
from jupyterhub_eks.preview.hub.running import previewed
from tests.support.hub import ENVIRONMENT
from tests.support.hub_configuration import configuration
from tests.support.preview_document import document, facts
from tests.support.running_hub import spawner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyterhub_eks.preview.document import Document

MASK = "********"


def used(told: Document, what: Callable[[Any], Awaitable[Any]], **about: Any) -> Any:
    """Return what comes of the use of alice's spawner in the previewed hub."""

    async def use() -> Any:
        made = spawner(config, "alice", **about)
        try:
            return await what(made)
        finally:
            await made.api.api_client.close()

    with patch.dict(os.environ, ENVIRONMENT):
        config = previewed(told)
        return asyncio.run(use())


async def start(made: Any) -> tuple[str, list[str]]:
    """Return why a start fails, and what was told until then."""
    made.run_pre_spawn_hook()
    starting = made.start()
    told = [step["message"] async for step in made.progress()]
    with pytest.raises(CannotStart) as failed:
        await starting
    await made.stop()
    assert await made.poll() == 0
    return failed.value.jupyterhub_message, told


def choosing(profile: str) -> Callable[[Any], Awaitable[tuple[str, list[str]]]]:
    """Return the start of a profile."""

    async def chosen(made: Any) -> tuple[str, list[str]]:
        made.user_options = {"profile": profile}
        return await start(made)

    return chosen


def kept(folder: Path) -> dict[str, Any]:
    """Return the pod that was written."""
    (path,) = (folder / "pods").glob("*.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_the_pod_is_the_one_of_the_deployed_hub(tmp_path: Path) -> None:
    """Word for word, but for the secrets."""
    told = document(tmp_path, unavailable=["large"])

    used(told, choosing("large"))

    async def deployed() -> Any:
        made = spawner(configuration(told["values"]), "alice")
        client = ApiClient()
        try:
            made.user_options = {"profile": "large"}
            made.run_pre_spawn_hook()
            await made.load_user_options()
            return client.sanitize_for_serialization(await made.get_pod_manifest())
        finally:
            await client.close()
            await made.api.api_client.close()

    with patch.dict(os.environ, ENVIRONMENT):
        expected = asyncio.run(deployed())
    for each in expected["spec"]["containers"][0]["env"]:
        if each["name"] in ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"):
            each["value"] = MASK
    assert kept(tmp_path)["pod"] == expected


def test_a_profile_without_machines_fails_as_users_read_it(tmp_path: Path) -> None:
    """In the words of the hub's own waiting page."""
    reason, told = used(document(tmp_path, unavailable=["small"]), choosing("small"))

    none = "AWS has no machine to give that your profile could use."
    assert reason == f"{none} Try again later, or choose another profile."
    assert told[-1].startswith(f"{none} It is asked again every few minutes: wait")
    assert told[0].startswith("No machine that runs now has room for your server.")


def test_no_words_of_a_failed_start_advise_to_wait() -> None:
    """None that the hub has for a start that is pending."""
    source = (Path(__file__).parents[4] / "helm_values/hub-config/waiting.py").read_text("utf-8")
    said = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    waiting = [each for each in said if "wait, or" in each]

    assert len(waiting) == 2
    for each in waiting:
        assert "wait" not in after_failure(each)
        assert "Try again later, or choose another profile." in after_failure(each)


def test_a_full_pool_fails_as_users_read_it(tmp_path: Path) -> None:
    """The same for the limit of a pool."""
    reason, told = used(document(tmp_path, full=["small"]), choosing("small"))

    assert reason.startswith("Your profile's pool is full:")
    assert told[-1] == reason


def test_a_profile_that_can_start_nowhere_fails_with_the_reason(tmp_path: Path) -> None:
    """Which the proof of schedulability has found."""
    told = document(tmp_path, facts={"small": {"": facts(reason="Too large for <cpu>.")}})

    assert used(told, choosing("small"))[0] == "Too large for <cpu>."
    assert kept(tmp_path)["facts"]["reason"] == "Too large for <cpu>."


def test_only_the_chosen_profile_is_held_back(tmp_path: Path) -> None:
    """Without JupyterLab beside the hub the other one comes as far as that, and says so."""
    if importlib.util.find_spec("jupyter_server"):
        pytest.skip("JupyterLab is installed beside the tests")

    reason, told = used(document(tmp_path, unavailable=["large"]), choosing("small"))

    assert reason == "JupyterLab is not installed where the preview runs it; its log says more."
    assert told[1].startswith("A machine is being started for your server.")


def test_a_home_that_cannot_be_made_is_one_message(tmp_path: Path) -> None:
    """What stands in the way is named."""
    (tmp_path / "homes").write_text("not a folder")

    reason, _ = used(document(tmp_path), choosing("small"))

    assert reason == f"The folder {tmp_path / 'homes' / 'alice'} cannot be made: File exists"


def test_the_server_page_is_kubespawner_s(tmp_path: Path) -> None:
    """With the profiles of the configuration, and their choices understood."""

    async def look(made: Any) -> tuple[str, dict[str, str]]:
        form = made.options_form
        form = form if isinstance(form, str) else await form(made)
        return form, made.options_from_form({"profile": ["large"]})

    form, options = used(document(tmp_path), look)

    assert "Small" in form
    assert "Large" in form
    assert options == {"profile": "large"}


def test_no_credentials_of_a_cluster_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither those of a pod nor those of the user's own `kubectl`."""
    broken = tmp_path / "kubeconfig"
    broken.write_text("{")
    monkeypatch.setenv("KUBECONFIG", str(broken))

    async def nothing(made: Any) -> str:
        return str(made.pod_name)

    assert used(document(tmp_path / "state"), nothing) == "jupyter-alice"


def test_a_start_that_is_given_up_starts_nothing(tmp_path: Path) -> None:
    """A stop while events are still told ends the start too."""

    async def give_up(made: Any) -> bool:
        made.user_options = {"profile": "small"}
        starting = made.start()
        await asyncio.sleep(0.5)
        assert await made.poll() is None
        await made.stop()
        with pytest.raises(asyncio.CancelledError):
            await starting
        return await made.poll() == 0

    assert used(document(tmp_path, real_time=True), give_up)
