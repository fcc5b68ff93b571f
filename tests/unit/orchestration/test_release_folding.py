"""Two resources that carry a release are told as the one release that they are."""

from __future__ import annotations

import pytest

from jupyterhub_eks.orchestration.release_folding import fold_changes, fold_progress
from jupyterhub_eks.ports import PlannedChange, Progress

REPLACE = ("delete", "create")


def _change(address: str, *actions: str) -> PlannedChange:
    return PlannedChange(address=address, type=address.partition(".")[0], actions=actions)


def _carriers(release: tuple[str, ...], content: tuple[str, ...]) -> list[PlannedChange]:
    named = {"terraform_data.Hub": release, "terraform_data.Hub_content": content}
    return [_change(name, *actions) for name, actions in named.items() if actions]


@pytest.mark.parametrize(
    ("release", "content", "folded"),
    [
        (("create",), ("create",), ("create",)),
        ((), REPLACE, ("update",)),
        (("update",), REPLACE, ("update",)),
        (("update",), (), ("update",)),
        (("delete",), ("delete",), ("delete",)),
        (("delete",), (), ("delete",)),
        ((), ("create",), ("create",)),
        (REPLACE, REPLACE, REPLACE),
    ],
)
def test_what_happens_to_a_release_is_one_change(
    release: tuple[str, ...], content: tuple[str, ...], folded: tuple[str, ...]
) -> None:
    """A content that is replaced is an upgrade in place: nothing is removed."""
    assert fold_changes(_carriers(release, content)) == (_change("helm_release.Hub", *folded),)


def test_other_changes_stay_as_they_are_and_in_their_order() -> None:
    """An import with a change keeps both of its entries."""
    others = (_change("aws_a.b", "import"), _change("aws_a.b", "update"))
    output = PlannedChange(address="output.x", type="output", actions=("update",))
    carriers = _carriers((), REPLACE)
    assert fold_changes((others[0], *carriers, others[1], output)) == (
        others[0],
        _change("helm_release.Hub", "update"),
        others[1],
        output,
    )


@pytest.mark.parametrize(
    ("address", "action", "told"),
    [
        ("terraform_data.Hub", "create", ""),
        ("terraform_data.Hub_content", "create", "helm_release.Hub"),
        ("terraform_data.Hub_content", "delete", ""),
        ("terraform_data.Hub", "delete", "helm_release.Hub"),
        ("aws_vpc.v", "create", "aws_vpc.v"),
    ],
)
def test_progress_is_told_by_the_half_that_calls_helm(address: str, action: str, told: str) -> None:
    """So each release counts once, when it is done."""
    progress = fold_progress(Progress(address=address, action=action, status="finished"))
    assert (progress.address if progress else "") == told
