"""``install.sh`` does what its arguments and the machine suggest."""

from __future__ import annotations

from pathlib import Path

from jupyterhub_eks.cli.bootstrap import choose_arguments, options_of_removal

ROOT = Path("checkout")


def test_arguments_are_passed_on_untouched() -> None:
    """Credentials are then none of its business."""

    def asked() -> bool:
        raise AssertionError

    assert choose_arguments(["--auth", "dummy"], ROOT, has_credentials=asked) == (
        ["--auth", "dummy"],
        "",
    )


def test_without_credentials_the_quickstart_runs_locally_and_says_so() -> None:
    """A newcomer without an account gets something that works."""
    arguments, reason = choose_arguments([], ROOT, has_credentials=lambda: False)

    assert arguments == ["--local", "-f", "checkout/examples/quickstart/jhub.yaml"]
    assert "no AWS credentials" in reason


def test_with_credentials_the_account_is_meant_and_that_is_said() -> None:
    """The deploy itself then asks for confirmation."""
    arguments, reason = choose_arguments([], ROOT, has_credentials=lambda: True)

    assert arguments == []
    assert "confirmation" in reason


def test_the_removal_names_what_was_deployed() -> None:
    """A `jhub.yaml` that is made afterwards must not be what is removed instead."""
    deployed = ["--local", "--file=hub.yaml", "-f", "more.yaml", "--parallelism", "3", "--yes"]

    assert options_of_removal([*deployed, "--name", "lab"]) == [
        *("--local", "-f", "hub.yaml", "-f", "more.yaml", "--name", "lab")
    ]


def test_the_removal_of_the_default_needs_no_option() -> None:
    """Nothing was named, so there is nothing to name."""
    assert options_of_removal(["--verbose"]) == []
