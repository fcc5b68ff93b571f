"""A command that is not told otherwise goes on with what was deployed last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.options import Place, Sources
from jupyterhub_eks.cli.project import find_project, open_project, refuse_other_target
from jupyterhub_eks.cli.sources import deployments, resolve, target_remembered, without_settings
from jupyterhub_eks.errors import ConfigError, StateError, UsageError
from jupyterhub_eks.orchestration.record import Record, StackRecord, to_json

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def deploy(folder: Path) -> Callable[..., None]:
    """Write the record that a deploy would leave."""

    def write(deployment: str, *, applied: bool = True, **sources: object) -> None:
        home = folder / "work" / "local" / deployment
        home.mkdir(parents=True)
        stacks = {"network": StackRecord(state="applied")} if applied else {}
        known = {"files": [], "profiles": None, "name": None, "flags": {}} | sources
        record = Record(deployment=deployment, target="local", sources=known, stacks=stacks)
        (home / "record.json").write_text(to_json(record))

    return write


def _write(path: str, text: str = "name: lab\n") -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)
    return Path(path)


def test_nothing_given_and_nothing_known_means_defaults(folder: Path) -> None:
    """The very first command needs no file."""
    assert resolve(Sources(), folder / "work", "local").overrides == {}


def test_jhub_yaml_of_the_folder_is_taken_without_a_word(folder: Path) -> None:
    """That is the expected case, so it needs no line."""
    _write("jhub.yaml")
    resolved = resolve(Sources(), folder / "work", "local")

    assert (resolved.files, resolved.note) == ((Path("jhub.yaml"),), "")


def test_profiles_of_the_folder_need_no_jhub_yaml(folder: Path) -> None:
    """They would be ignored in silence otherwise, as after an import."""
    _write("profiles.yaml", "profiles: []\n")
    resolved = resolve(Sources(), folder / "work", "local")

    assert (resolved.files, resolved.profiles) == ((), Path("profiles.yaml"))
    assert without_settings(resolved) == (
        "there is no jhub.yaml here: all settings are the defaults"
    )
    assert resolve(Sources(file=[Path("x.yaml")]), folder / "work", "local").profiles is None


def test_the_profiles_of_a_deployment_go_before_those_of_the_folder(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """What was deployed from files elsewhere is gone on with."""
    deploy("lab", files=["examples/lab.yaml"])
    _write("profiles.yaml", "profiles: []\n")

    assert resolve(Sources(), folder / "work", "local").profiles is None


def test_the_only_deployment_is_gone_on_with(folder: Path, deploy: Callable[..., None]) -> None:
    """Its files are used and a line says so."""
    deploy("lab", files=["examples/lab.yaml"])
    resolved = resolve(Sources(), folder / "work", "local")

    assert resolved.files == (Path("examples/lab.yaml"),)
    assert resolved.note == "using examples/lab.yaml, as the last deploy did"


def test_flags_are_remembered_until_one_is_given(folder: Path, deploy: Callable[..., None]) -> None:
    """A command line with a flag means exactly its flags."""
    flags = {"auth": "cognito", "domain": "hub.example.org"}
    deploy("lab", name="lab", flags=flags)

    remembered = resolve(Sources(), folder / "work", "local")
    given = resolve(Sources(region="eu-west-1"), folder / "work", "local")

    assert remembered.overrides == {
        "name": "lab",
        "auth.type": "cognito",
        "access.domain": "hub.example.org",
    }
    assert "--auth cognito" in remembered.note
    assert given.overrides == {"name": "lab", "region": "eu-west-1"}


def test_named_files_mean_just_these(folder: Path, deploy: Callable[..., None]) -> None:
    """With -f nothing is remembered."""
    deploy("lab", files=["a.yaml"], flags={"auth": "cognito"})
    resolved = resolve(Sources(file=[Path("b.yaml")]), folder / "work", "local")

    assert (resolved.files, resolved.flags, resolved.note) == ((Path("b.yaml"),), {}, "")


def test_jhub_yaml_is_not_mixed_with_another_deployment(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """Flags of a deployment from other files do not land on this one."""
    deploy("other", files=["other.yaml"], flags={"auth": "cognito"})
    _write("jhub.yaml")

    assert resolve(Sources(), folder / "work", "local").overrides == {}


def test_overlays_of_the_last_deploy_stay(folder: Path, deploy: Callable[..., None]) -> None:
    """Dropping one silently would plan its removal."""
    deploy("lab", files=["jhub.yaml", "prod.yaml"])
    _write("jhub.yaml")

    assert resolve(Sources(), folder / "work", "local").files == (
        Path("jhub.yaml"),
        Path("prod.yaml"),
    )


def test_a_named_deployment_brings_its_files(folder: Path, deploy: Callable[..., None]) -> None:
    """``--name`` picks the record."""
    deploy("lab", files=["lab.yaml"])
    deploy("prod", files=["prod.yaml"])

    assert resolve(Sources(name="prod"), folder / "work", "local").files == (Path("prod.yaml"),)


def test_paths_are_remembered_relative_to_the_folder(folder: Path) -> None:
    """A checkout that moves keeps working."""
    resolved = resolve(Sources(file=[folder / "a" / "jhub.yaml"]), folder / "work", "local")

    assert resolved.to_record()["files"] == ["a/jhub.yaml"]


@pytest.mark.parametrize("pipe", ["-", "/dev/stdin", "/dev/fd/63"])
def test_a_pipe_of_the_last_deploy_is_not_read_again(
    pipe: str, folder: Path, deploy: Callable[..., None]
) -> None:
    """A later command goes by the record, and leaves its own input to its user."""
    resolved = resolve(Sources(file=[Path(pipe)]), folder / "work", "local")
    deploy("lab", files=resolved.to_record()["files"])

    assert find_project(Sources(), _place(folder)).workspace.name == "lab"
    with pytest.raises(ConfigError) as caught:
        open_project(Sources(), _place(folder))
    (problem,) = caught.value.problems
    assert problem.hint == "name the configuration with `-f`"


def test_destroyed_deployments_do_not_count(folder: Path, deploy: Callable[..., None]) -> None:
    """A record without stacks and kept data is history."""
    deploy("lab", applied=False)

    assert deployments(folder / "work", "local") == ()


def test_a_trial_on_this_machine_is_meant_where_nothing_is_on_aws(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """A command without a target, as `preview`, goes by the only records there are."""
    root = folder / "work"
    assert target_remembered(root) == "aws"

    deploy("lab")
    assert target_remembered(root) == "local"

    (root / "aws").mkdir()
    (root / "local" / "lab").rename(root / "aws" / "lab")
    deploy("trial")
    assert target_remembered(root) == "aws"


def _place(folder: Path) -> Place:
    return Place(local=True, work_dir=folder / "work")


def test_a_deployment_is_found_when_its_files_are_gone(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """Status and destroy go by the record, and say so."""
    deploy("lab", files=["gone.yaml"])
    project = find_project(Sources(), _place(folder))

    assert (project.workspace.name, project.deployment) == ("lab", None)
    assert "going by what was deployed last" in project.notes[0]


def test_a_broken_file_of_another_deployment_is_not_confused(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """Destroying the wrong deployment is worse than stopping."""
    deploy("lab", files=["lab.yaml"])
    deploy("prod", files=["prod.yaml"])
    _write("jhub.yaml", "nonsense: 1\n")

    with pytest.raises(ConfigError):
        find_project(Sources(), _place(folder))


def test_a_broken_new_file_does_not_point_at_an_old_deployment(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """A ``jhub.yaml`` that the only deployment was not made from says nothing about it."""
    deploy("lab", files=["lab.yaml"])
    _write("jhub.yaml", "nonsense: 1\n")

    with pytest.raises(ConfigError):
        find_project(Sources(), _place(folder))


def test_several_deployments_have_to_be_named(folder: Path, deploy: Callable[..., None]) -> None:
    """The error lists them."""
    deploy("lab")
    deploy("prod")

    with pytest.raises(UsageError, match="lab, prod"):
        find_project(Sources(), _place(folder))


def test_open_project_wants_a_valid_configuration(folder: Path) -> None:
    """Deploy does not go by the record."""
    _write("jhub.yaml", "nonsense: 1\n")

    with pytest.raises(ConfigError):
        open_project(Sources(), _place(folder))


def test_a_new_name_in_the_file_is_said_to_be_another_deployment(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """What was deployed under the former name would otherwise be forgotten, and billed."""
    _write("jhub.yaml", "name: lab-two\n")
    deploy("lab", files=["jhub.yaml"])
    project = open_project(Sources(), Place(local=True, work_dir=folder / "work"))

    assert "lab was deployed from here; lab-two is another deployment beside it" in project.notes


def test_destroy_names_the_target_that_has_something(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """Without ``--local`` it does not go looking for credentials in vain."""
    deploy("lab")
    project = find_project(Sources(), Place(work_dir=folder / "work"))

    with pytest.raises(UsageError, match="nothing is deployed to AWS") as caught:
        refuse_other_target(project)
    assert "--local" in caught.value.hint


def _home(folder: Path, deployment: str) -> Path:
    return folder / "work" / "local" / deployment


def _leave_a_state(folder: Path, deployment: str) -> None:
    instance = {"attributes": {"id": "vpc-1"}}
    resource = {"mode": "managed", "type": "aws_vpc", "name": "Vpc", "instances": [instance]}
    state = {"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": [resource]}
    _write(f"{_home(folder, deployment)}/terraform/state/network.tfstate", json.dumps(state))


def test_a_removed_record_does_not_mean_the_defaults(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """Deployed from a file, the stacks that only the file has must not be removed silently."""
    deploy("lab", files=["lab.yaml"])
    _write("lab.yaml")
    _leave_a_state(folder, "lab")
    record = _home(folder, "lab") / "record.json"
    record.rename(f"{record}.previous")

    resolved = resolve(Sources(), folder / "work", "local")

    assert (resolved.files, resolved.deployment) == ((Path("lab.yaml"),), "lab")


def test_without_any_record_the_configuration_must_be_named(folder: Path) -> None:
    """Deploy asks for it; destroy goes by the states."""
    _leave_a_state(folder, "lab")
    place = Place(local=True, work_dir=folder / "work")

    with pytest.raises(StateError, match="the record of lab is gone"):
        open_project(Sources(), place)
    project = find_project(Sources(), place)

    assert (project.workspace.name, project.deployment) == ("lab", None)
    assert open_project(Sources(name="lab", auth="dummy"), place).workspace.name == "lab"


def test_a_state_without_resources_is_no_deployment(folder: Path) -> None:
    """What was destroyed leaves nothing to go by."""
    empty = {"version": 4, "serial": 2, "lineage": "x", "outputs": {}, "resources": []}
    _write(f"{_home(folder, 'lab')}/terraform/state/network.tfstate", json.dumps(empty))

    assert deployments(folder / "work", "local") == ()


def test_a_remembered_file_that_is_gone_is_said_to_be_remembered(
    folder: Path, deploy: Callable[..., None]
) -> None:
    """Nobody typed its name, so the error says where it comes from."""
    deploy("lab", files=["jhub.yaml"])
    place = Place(local=True, work_dir=folder / "work")

    with pytest.raises(ConfigError) as caught:
        open_project(Sources(auth="dummy"), place)
    project = find_project(Sources(), place)

    assert "lab was deployed from it" in caught.value.problems[0].message
    assert "jhub.yaml: there is no such file" in project.notes[0]
