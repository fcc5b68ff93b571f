"""Nothing of an amount, a name or an image is dropped or changed by an import without a word."""

from __future__ import annotations

import pytest

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.importing import Imported, import_list
from jupyterhub_eks.instances.catalog import catalog
from tests.support.foreign import source


def imported(profiles: str) -> Imported:
    """Import a bare list."""
    return import_list(source(profiles), catalog(), "us-west-2")


def said(found: Imported) -> str:
    """Return all that is listed, a line each."""
    return "\n".join(each.message for each in found.losses)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("{mem_guarantee: 8GB}", "`mem_guarantee` is no amount"),
        ('{cpu_guarantee: "2K"}', "`cpu_guarantee` is no amount"),
        ('{cpu_guarantee: "2 "}', "`cpu_guarantee` is no amount"),
        ("{cpu_guarantee: -1}", "`cpu_guarantee: -1` is less than nothing"),
        ("{cpu_guarantee: .nan}", "`cpu_guarantee` is no amount"),
        ('{mem_limit: "{{ .Values.size }}"}', "`mem_limit` depends on"),
        ("{extra_resource_limits: 2}", "is no mapping of resources"),
        ("{extra_resource_limits: {nvidia.com/gpu: many}}", "is no amount"),
        ("{extra_resource_limits: {nvidia.com/gpus: 1}}", "no device plugin of nvidia.com offers"),
        (
            (
                "{extra_resource_guarantees: {nvidia.com/gpu: 1}, "
                "extra_resource_limits: {nvidia.com/gpu: 2}}"
            ),
            "1 guaranteed, limit 2",
        ),
        ("{extra_resource_limits: {nvidia.com/gpu: 0.5}}", "devices are whole"),
    ],
)
def test_amounts_that_nobody_can_tell(override: str, message: str) -> None:
    """The profile is left out with the reason; it never starts with another amount."""
    found = imported(
        f"[{{display_name: P, kubespawner_override: {override}}}, {{display_name: Q}}]"
    )
    assert [each.name for each in found.profiles.profiles] == ["Q"]
    (lost,) = [each for each in found.losses if "`P` is left out" in each.message]
    assert message in lost.message


def test_amounts_that_are_others_here() -> None:
    """They stand above the profile, and are marked in the list."""
    found = imported(
        "[{display_name: P, kubespawner_override: {mem_guarantee: 4G, mem_limit: 2G}}]"
    )
    comments = [each for each in found.text.splitlines() if each.startswith("# not as it was: ")]
    assert len(comments) == 1
    assert "here it asks for 4Gi of memory" in comments[0]
    assert f"`P` is not as it was: {comments[0].removeprefix('# not as it was: ')}" in said(found)


def test_a_comment_stays_one() -> None:
    """What stands in a file of others cannot end the line."""
    found = imported(
        '[{display_name: P, kubespawner_override: {node_selector: "a\\nprofiles: []"}}]'
    )
    assert [each.name for each in found.profiles.profiles] == ["P"]
    assert "\nprofiles: []" not in found.text


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("{mem_guarantee: 4G, mem_limit: 2G}", "its limit, 2 GiB: Kubernetes refuses the server; "),
        ("{mem_guarantee: 4G, mem_limit: 2G}", "here it asks for 4Gi of memory"),
        ("{mem_limit: 4Gi}", "does not take `mem_limit: 4Gi`"),
        ("{mem_limit: 4Gi}", "here it asks for 4Gi of memory"),
        ("{extra_resource_guarantees: {nvidia.com/gpu: 1}}", "here it asks for 1 of `nvidia.com"),
        ("{image: null}", "the image `null` is no reference, so it is left out"),
    ],
)
def test_amounts_and_images(override: str, message: str) -> None:
    """Each that is not what it was is listed, with what is written instead."""
    found = imported(f"[{{display_name: P, kubespawner_override: {override}}}]")
    assert message in said(found)
    assert "null" not in found.text


def test_a_title_that_another_has() -> None:
    """The second gets a number, and that is listed."""
    found = imported("[{display_name: A}, {display_name: a}]")
    assert [each.name for each in found.profiles.profiles] == ["A", "a 2"]
    assert "`a` is named `a 2` here, as another has that name" in said(found)


def test_a_title_that_nobody_has() -> None:
    """Nothing is said of names that stay."""
    assert "is named" not in said(imported("[{display_name: A}, {display_name: B}]"))


@pytest.mark.parametrize(
    "key", ["display_name: ChangeMe", "display_name: P, description: CHANGEME"]
)
def test_placeholders_are_left_out(key: str) -> None:
    """What our own reading refuses is not written, and listed."""
    found = imported(f"[{{display_name: A}}, {{{key}}}]")
    assert [each.name for each in found.profiles.profiles] == ["A"]
    assert "still holds the placeholder CHANGEME" in said(found)
    with pytest.raises(ConfigError) as alone:
        imported(f"[{{{key}}}]")
    assert any("placeholder" in each.message for each in alone.value.problems)
