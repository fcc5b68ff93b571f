"""Terraform's machine-readable lines are understood, and others passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.ports import PlannedChange, Progress
from jupyterhub_eks.tools.terraform_output import (
    Diagnostic,
    changes_in,
    changes_of_plan,
    errors_in,
    parse_line,
    progress_of,
)


def _lines(*messages: dict[str, Any]) -> str:
    return "\n".join(json.dumps(message) for message in messages)


def _planned(action: str, **more: Any) -> dict[str, Any]:
    resource = {"addr": "aws_vpc.v", "resource_type": "aws_vpc"}
    return {"type": "planned_change", "change": {"resource": resource, "action": action, **more}}


def _change(*actions: str) -> PlannedChange:
    return PlannedChange(address="aws_vpc.v", type="aws_vpc", actions=actions)


@given(st.text())
def test_no_line_is_an_error(line: str) -> None:
    """Warnings of the CLI and broken lines are passed over."""
    message = parse_line(line)
    assert message is None or isinstance(message, dict)


@pytest.mark.parametrize(
    ("action", "actions"),
    [
        ("create", ("create",)),
        ("update", ("update",)),
        ("delete", ("delete",)),
        ("replace", ("delete", "create")),
        ("remove", ("forget",)),
        ("import", ("import",)),
    ],
)
def test_planned_actions_are_those_of_show(action: str, actions: tuple[str, ...]) -> None:
    """One spelling, whichever command told it."""
    assert changes_in(_lines(_planned(action))) == (_change(*actions),)


@pytest.mark.parametrize("action", ["noop", "read", "something new"])
def test_what_changes_nothing_is_left_out(action: str) -> None:
    """Reads of data sources are no changes; unknown actions are none either."""
    assert changes_in(_lines(_planned(action))) == ()


def test_an_import_with_a_change_is_both() -> None:
    """The adoption is told before the change."""
    output = _lines(_planned("update", importing={"id": "vpc-1"}))
    assert changes_in(output) == (_change("import"), _change("update"))


def test_drift_is_no_plan() -> None:
    """What AWS changed by itself is not what the plan would change."""
    assert changes_in(_lines({**_planned("update"), "type": "resource_drift"})) == ()


def test_changed_outputs_count() -> None:
    """Dependants may need a new output even if no resource changes."""
    outputs = {"a": {"action": "create"}, "b": {"action": "noop"}, "c": {"value": 1}}
    assert changes_in(_lines({"type": "outputs", "outputs": outputs})) == (
        PlannedChange(address="output.a", type="output", actions=("create",)),
    )


def test_a_saved_plan_says_the_same() -> None:
    """``show -json`` leads to the same values; data sources and no-ops are left out."""
    vpc = {"address": "aws_vpc.v", "type": "aws_vpc", "mode": "managed"}
    plan = {
        "resource_changes": [
            {**vpc, "change": {"actions": ["delete", "create"]}},
            {**vpc, "change": {"actions": ["no-op"]}},
            {**vpc, "change": {"actions": ["no-op"], "importing": {"id": "v"}}},
            {**vpc, "mode": "data", "change": {"actions": ["read"]}},
        ],
        "output_changes": {"a": {"actions": ["update"]}, "b": {"actions": ["no-op"]}},
    }
    assert changes_of_plan(json.dumps(plan)) == (
        _change("delete", "create"),
        _change("import"),
        PlannedChange(address="output.a", type="output", actions=("update",)),
    )


def test_progress_names_resource_action_and_status() -> None:
    """Each of the four stages has its word."""
    hook = {"resource": {"addr": "aws_vpc.v"}, "action": "create"}
    told = {
        kind: progress_of({"type": kind, "hook": hook})
        for kind in ("apply_start", "apply_progress", "apply_complete", "apply_errored", "version")
    }
    assert told["version"] is None
    assert [each.status for each in told.values() if each] == [
        "started",
        "running",
        "finished",
        "failed",
    ]
    assert told["apply_start"] == Progress(address="aws_vpc.v", action="create", status="started")


def test_each_error_is_told_once_and_warnings_are_not() -> None:
    """Terraform repeats a diagnostic per resource instance."""
    error = {"severity": "error", "summary": "S", "detail": "D", "address": "a.b"}
    warning = {**error, "severity": "warning"}
    output = _lines(
        *({"type": "diagnostic", "diagnostic": each} for each in (error, warning, error))
    )
    assert errors_in(output) == (
        Diagnostic(severity="error", summary="S", detail="D", address="a.b"),
    )
