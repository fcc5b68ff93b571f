"""An expected failure reads as: what and where, cause, what to do, log."""

from __future__ import annotations

from jupyterhub_eks.cli.console.errors import draw_error, error_document
from jupyterhub_eks.errors import ConfigError, TerraformError
from jupyterhub_eks.problems import Problem

PROBLEM = Problem(
    path="network.cidr",
    message="'10.0.0.0/30' is too small",
    hint="write a /16 to /20",
    file="jhub.yaml",
    line=3,
    column=10,
)
WARNING = Problem(
    path="tags", message="odd", file="jhub.yaml", line=9, column=1, severity="warning"
)


def test_a_block_has_one_label_per_line() -> None:
    """Lines of a long cause stand under each other."""
    error = TerraformError(
        "stack network failed", cause="no address left\nin us-west-2", hint="ask", log="x.log"
    )

    assert [line.plain for line in draw_error(error)] == [
        "error: stack network failed",
        "  cause: no address left",
        "         in us-west-2",
        "  do:    ask",
        "  log:   x.log",
    ]


def test_what_is_unknown_takes_no_line() -> None:
    """Without cause, remedy and log one line is all."""
    assert len(list(draw_error(TerraformError("stack network failed")))) == 1


def test_every_problem_of_a_configuration_is_shown_with_its_place() -> None:
    """``file:line:column`` first, so that terminals make it a link."""
    lines = [line.plain for line in draw_error(ConfigError([PROBLEM, WARNING]))]

    assert lines[0] == "error: 1 problem in the configuration, and 1 warning"
    assert "jhub.yaml:3:10  network.cidr: '10.0.0.0/30' is too small" in lines
    assert "  do:    write a /16 to /20" in lines
    assert "jhub.yaml:9:1  warning: tags: odd" in lines


def test_the_document_has_error_and_exit_code() -> None:
    """Scripts get the same facts and the code of the process."""
    document = error_document(ConfigError([PROBLEM]))

    assert document["exit_code"] == 3
    assert document["error"]["type"] == "ConfigError"
    assert document["error"]["problems"][0]["line"] == 3
