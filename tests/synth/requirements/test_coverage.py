"""Every rule of what must not happen has a test: one of its name here, or one in the table."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).resolve().parent
TESTS: Final = HERE.parents[1]
CLEARING: Final = "tests/unit/orchestration/test_clearing.py"
DRAINING: Final = "tests/unit/orchestration/test_draining.py"
CODES: Final = {*(f"D{number}" for number in range(1, 40)), "D1b", "D1c", "D1d"}

# What no synthesized document shows: how a run goes, and what it says of itself.
ELSEWHERE: Final[dict[str, tuple[str, ...]]] = {
    # Success is what Terraform's exit status and events say; no terminal; a plan first.
    "D23": (
        "tests/local/test_lifecycle.py::test_deploy_without_a_terminal_creates_the_aws_half",
        "tests/local/test_terraform_adapter.py::test_a_failure_is_cut_to_resource_and_cause",
        "tests/local/test_terraform_adapter.py::test_a_stale_plan_is_refused",
        "tests/unit/tools/test_terraform.py::test_terraform_never_asks_and_never_calls_home",
        "tests/unit/orchestration/test_plan.py::test_exactly_the_reviewed_plans_are_applied",
        "tests/unit/orchestration/test_deploy.py::test_a_failure_is_contained",
        "tests/unit/test_exit_codes.py::test_every_class_of_failure_has_its_own_code",
    ),
    # A destroy is of everything, and ends with what is left.
    "D24": (
        "tests/local/test_lifecycle.py::test_destroy_leaves_nothing",
        "tests/unit/orchestration/test_destroy.py::test_dependants_go_first",
        "tests/unit/orchestration/test_destroy.py::test_left_resources_keep_the_record",
        "tests/unit/orchestration/test_destroy.py::test_a_failure_stops_only_what_it_stands_on",
        "tests/unit/cli/test_summaries.py::test_a_clean_destroy_ends_with_0_left",
    ),
    # Servers and nodes go while Karpenter runs.
    "D25": (
        f"{CLEARING}::test_servers_go_before_the_hub_and_nodes_before_karpenter",
        f"{CLEARING}::test_a_held_up_node_stops_what_comes_after_it",
        f"{DRAINING}::test_nodes_go_before_their_classes",
        "tests/synth/test_platform_stack.py::test_d25_releases_go_in_the_opposite_order",
    ),
    # A finalizer is named, never taken away; what is said is what happened.
    "D26": (
        f"{DRAINING}::test_a_server_that_does_not_end_is_named_with_its_finalizer",
        f"{DRAINING}::test_without_karpenter_the_question_is_asked",
        "tests/unit/cli/test_summaries.py::test_kept_and_left_are_listed_apart",
    ),
}


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the names of the tests of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    )


def codes_of(name: str) -> set[str]:
    """Return the codes that a test is named after, e.g. D1b of ``test_d01b_…``."""
    prefix = re.match(r"test_((?:d\d\d[a-d]?_)+)", name)
    parts = re.findall(r"d(\d\d)([a-d]?)", prefix[1]) if prefix else []
    return {f"D{int(number)}{letter}" for number, letter in parts}


def named() -> dict[str, set[str]]:
    """Return the tests of this folder by the code that they are named after."""
    found: dict[str, set[str]] = {}
    for path in HERE.glob("test_*.py"):
        for name in names_in(path):
            for code in codes_of(name):
                found.setdefault(code, set()).add(name)
    return found


def test_every_code_is_covered_once() -> None:
    """Each code has tests of its name here or an entry in the table, never neither or both."""
    here = set(named())
    assert here | set(ELSEWHERE) == CODES
    assert here & set(ELSEWHERE) == set()


@pytest.mark.parametrize("code", sorted(CODES - set(ELSEWHERE)))
def test_every_check_has_been_seen_to_fail(code: str) -> None:
    """Beside the test of what must hold there is one of the mistake, for every code."""
    tests = named()[code]
    # These two spoil their document within the test.
    inside = {"D1b", "D30"}
    assert any("noticed" in name for name in tests) or code in inside
    assert any("noticed" not in name for name in tests)


@pytest.mark.parametrize("node", [node for nodes in ELSEWHERE.values() for node in nodes])
def test_named_tests_exist(node: str) -> None:
    """A test that the table names is in the tree."""
    file, _, name = node.partition("::")
    assert name in names_in(TESTS.parent / file)


def test_names_are_read_as_they_are_written() -> None:
    """A letter, two codes and no code in a name are told apart."""
    assert codes_of("test_d01b_claims_name_their_volumes") == {"D1b"}
    assert codes_of("test_d18_d22_machines_have_what_is_asked_for") == {"D18", "D22"}
    assert codes_of("test_destroy_leaves_nothing") == set()
