"""``install.sh`` does what its arguments and the machine suggest."""

from __future__ import annotations

from pathlib import Path

from jupyterhub_eks.cli.bootstrap import (
    choose_arguments,
    options_of_removal,
    preview_options,
    removal_of,
)

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


def _removal(*arguments: str, root: Path = Path(), **environ: str) -> str:
    return removal_of(arguments, root, environ, name_of=lambda: "lab")


def test_a_deploy_without_options_is_removed_by_its_name() -> None:
    """A file that is made here afterwards does not make it mean another one, here or on AWS."""
    assert _removal() == "./cleanup.sh --name lab"
    assert _removal("--local") == "./cleanup.sh --local --name lab"
    assert _removal("--yes", "--verbose") == "./cleanup.sh --name lab"


def test_what_was_named_is_not_looked_for() -> None:
    """Its files or its name say it."""

    def asked() -> str:
        raise AssertionError

    for named in (["-f", "hub.yaml"], ["--name", "lab"]):
        said = removal_of(["--local", *named], Path(), {}, name_of=asked)
        assert said == " ".join(["./cleanup.sh --local", *named])


def test_the_removal_names_the_work_folder_of_the_environment() -> None:
    """It may have been set for this one command."""
    assert _removal(JHUB_WORK_DIR="a b") == "./cleanup.sh --work-dir 'a b' --name lab"
    said = _removal("--work-dir", "given", JHUB_WORK_DIR="set")
    assert said == "./cleanup.sh --work-dir given --name lab"


def test_the_removal_can_be_pasted_where_the_deploy_was_started() -> None:
    """`install.sh` may be called from any folder."""
    assert _removal(root=Path("../checkout")) == "../checkout/cleanup.sh --name lab"


def test_a_deploy_whose_name_is_not_clear_is_removed_without_it() -> None:
    """Then the removal itself asks which is meant."""
    assert removal_of([], Path(), {}, name_of=lambda: "") == "./cleanup.sh"


def test_the_preview_shows_what_was_deployed() -> None:
    """With the files of the deploy, and without the target, which it does not have."""
    assert preview_options(["--local", "-f", "a b.yaml"]) == " -f 'a b.yaml'"
    assert preview_options(["--local"]) == ""
