"""Stand-ins for Terraform, the cloud and synthesis that can be killed at any step.

The fake Terraform keeps real state files and refuses what the real one refuses: a stale
plan, an upstream stack without outputs, the removal of protected resources, the creation
of something that exists already.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.storage import StorageConfig
from jupyterhub_eks.errors import AlreadyExistsError, StalePlanError, TerraformError
from jupyterhub_eks.orchestration.context import Context
from jupyterhub_eks.orchestration.interrupt import Interrupt
from jupyterhub_eks.orchestration.reports import StackNode
from jupyterhub_eks.ports import (
    PlannedChange,
    Progress,
    ProgressSink,
    Resource,
    StackRun,
    Target,
    Wanted,
)
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from jupyterhub_eks.orchestration.events import Event

NAME = "hub"
ACCOUNT = "111122223333"
# Arguments of terraform_data.
_OF_ANY_TYPE = {"input", "triggers_replace"}
_SERVICES = {
    "access_entry": ("eks", "access-entry"),
    "aws_efs_file_system": ("efs", "file-system"),
    "aws_backup_plan": ("backup", "plan"),
    "aws_backup_vault": ("backup", "vault"),
    "aws_eip": ("ec2", "elastic-ip"),
}


class Killed(BaseException):
    """The process is gone; nothing of it runs any further."""


@dataclass
class World:
    """The account, and the moment at which everything is killed.

    Attributes:
        resources: Identifier to attributes of what exists.
        steps: Port calls and record writes so far.
        kill_at: Number of the step at which the process dies; 0: never.
        foreign: Identifiers of what carries no tag of the deployment.
        stuck: Identifiers of what AWS does not let go of.
        fail: Called before each operation on a resource with its address; may raise.
    """

    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    steps: int = 0
    kill_at: int = 0
    fail: Callable[[str], None] = lambda _: None
    calls: list[str] = field(default_factory=list)
    _dead: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self, what: str) -> None:
        """Count a step, and die at the chosen one or after it."""
        with self._lock:
            self.steps += 1
            self.calls.append(what)
            self._dead = self._dead or self.steps == self.kill_at
            if self._dead:
                raise Killed(what)

    def revive(self, kill_at: int = 0) -> None:
        """Begin a new process."""
        self.steps, self.kill_at, self._dead = 0, kill_at, False
        self.calls.clear()


def _write(path: Path, text: str) -> None:
    """Write in one step, but without waiting for a disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(text)
    temporary.replace(path)


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return document


def _typed(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as a state has them: what may be of any type stands with its type."""
    return attributes | {
        key: {"value": attributes[key]} for key in _OF_ANY_TYPE & attributes.keys()
    }


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes of a state as plans have them."""
    given = _OF_ANY_TYPE & attributes.keys()
    return attributes | {key: attributes[key]["value"] for key in given}


class FakeTerraform:
    """``ports.Terraform`` on a :class:`World`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.interrupts = 0

    def version(self) -> str:
        """Return a version."""
        return "1.11.4"

    def init(self, run: StackRun, backend: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's
        """Count the call."""
        self.world.step(f"init {run.stack}")

    def plan(
        self, run: StackRun, out: Path, *, destroy: bool = False, replace: Iterable[str] = ()
    ) -> tuple[PlannedChange, ...]:
        """Save a plan file that names the serial it was made on."""
        self.world.step(f"plan {run.stack}")
        operations = self._destroy(run) if destroy else self._diff(run, frozenset(replace))
        out.parent.mkdir(parents=True, exist_ok=True)
        serial = self._state(run)["serial"]
        outputs = {} if destroy else _read(run.directory / "cdk.tf.json").get("output", {})
        moved = sorted(outputs.keys() ^ self._state(run)["outputs"].keys())
        plan = {"serial": serial, "operations": operations, "outputs": outputs, "moved": moved}
        out.write_text(json.dumps(plan))
        return self._changes(plan)

    def show(self, run: StackRun, plan: Path) -> tuple[PlannedChange, ...]:
        """Return the changes in a plan file."""
        self.world.step(f"show {run.stack}")
        return self._changes(_read(plan))

    def show_json(self, run: StackRun, plan: Path) -> str:
        """Return a plan file in the form of ``terraform show -json``."""
        self.world.step(f"show_json {run.stack}")
        known = self._known(self._state(run))
        changes = [
            {
                "address": each["address"],
                "type": each["address"].partition(".")[0],
                "mode": "managed",
                "change": {
                    "actions": each["actions"],
                    "before": known.get(each["address"]),
                    "after": each.get("attributes"),
                    "after_unknown": {"id": True},
                },
            }
            for each in _read(plan)["operations"]
        ]
        return json.dumps({"format_version": "1.2", "resource_changes": changes})

    def apply(self, run: StackRun, plan: Path, on_progress: ProgressSink) -> None:
        """Carry out a plan file, one resource after the other."""
        self.world.step(f"apply {run.stack}")
        document, state = _read(plan), self._state(run)
        if document["serial"] != state["serial"]:
            raise StalePlanError(f"the plan of {run.stack} is stale")
        for operation in document["operations"]:
            address, action = operation["address"], operation["actions"][0]
            on_progress(Progress(address=address, action=action, status="started"))
            self.world.fail(address)
            self._carry_out(operation, state)
            self.world.step(f"made {run.stack} {address}")
            self._save(run, state)
            on_progress(Progress(address=address, action=action, status="finished"))
            self.world.step(f"applied {run.stack} {address}")
        state["outputs"] = {
            name: {"value": each["value"]} for name, each in document["outputs"].items()
        }
        self._save(run, state)
        self.world.step(f"outputs {run.stack}")

    def state_pull(self, run: StackRun) -> str:
        """Return the state as text."""
        return json.dumps(self._state(run))

    def state_push(self, run: StackRun, state: Path) -> None:
        """Take a state file as it is; an older one is refused."""
        self.world.step(f"push {run.stack}")
        given = _read(state)
        if given["serial"] < self._state(run)["serial"]:
            raise TerraformError("cannot import state with serial", cause=run.stack)
        _write(self._path(run), json.dumps(given))

    def untaint(self, run: StackRun, address: str) -> None:
        """Take the mark off."""
        self.world.step(f"untaint {run.stack}")
        state = self._state(run)
        for each in state["resources"]:
            if f"{each['type']}.{each['name']}" == address:
                for instance in each["instances"]:
                    instance.pop("status", None)
        self._save(run, state)

    def state_forget(self, run: StackRun, addresses: tuple[str, ...]) -> None:
        """Drop addresses from the state."""
        self.world.step(f"forget {run.stack}")
        state = self._state(run)
        state["resources"] = [
            each for each in state["resources"] if f"{each['type']}.{each['name']}" not in addresses
        ]
        self._save(run, state)

    def interrupt(self) -> None:
        """Count the call."""
        self.interrupts += 1

    @staticmethod
    def _path(run: StackRun) -> Path:
        settings = _read(run.directory / "cdk.tf.json")["terraform"]["backend"]["local"]
        return run.directory / str(settings["path"])

    def _state(self, run: StackRun) -> dict[str, Any]:
        empty = {"version": 4, "serial": 0, "lineage": run.stack, "outputs": {}, "resources": []}
        return _read(self._path(run)) or empty

    def _save(self, run: StackRun, state: dict[str, Any]) -> None:
        state["serial"] += 1
        _write(self._path(run), json.dumps(state))

    @staticmethod
    def _known(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            f"{each['type']}.{each['name']}": _plain(each["instances"][0]["attributes"])
            for each in state["resources"]
        }

    def _refreshed(self, run: StackRun) -> dict[str, dict[str, Any]]:
        """Return what the state knows and still exists, as a plan sees it."""
        known = self._known(self._state(run))
        return {
            address: each for address, each in known.items() if each["id"] in self.world.resources
        }

    def _diff(self, run: StackRun, replace: frozenset[str]) -> list[dict[str, Any]]:
        document = _read(run.directory / "cdk.tf.json")
        self._read_upstream(run, document)
        known = self._refreshed(run)
        imports = {
            each["to"]: each["id"]
            for each in _read(run.directory / "adopt.tf.json").get("import", [])
        }
        operations = []
        for kind, instances in document.get("resource", {}).items():
            for name, wanted in instances.items():
                address = f"{kind}.{name}"
                settings = {key: each for key, each in wanted.items() if key != "lifecycle"}
                operation = {"address": address, "attributes": settings}
                if address in replace:
                    operations.append({**operation, "actions": ["delete", "create"]})
                elif address in known:
                    if {key: known[address].get(key) for key in settings} != settings:
                        operations.append({**operation, "actions": ["update"]})
                elif address in imports:
                    operations.append({**operation, "actions": ["import"], "id": imports[address]})
                else:
                    operations.append({**operation, "actions": ["create"]})
        declared = {
            f"{kind}.{name}" for kind, each in document.get("resource", {}).items() for name in each
        }
        gone = [address for address in known if address not in declared]
        return operations + [{"address": address, "actions": ["delete"]} for address in gone]

    @staticmethod
    def _read_upstream(run: StackRun, document: dict[str, Any]) -> None:
        for upstream in document.get("data", {}).get("terraform_remote_state", {}):
            if not _read(run.directory / f"../../state/{upstream}.tfstate").get("outputs"):
                raise TerraformError("Unable to find remote state", cause=upstream)

    def _destroy(self, run: StackRun) -> list[dict[str, Any]]:
        document = _read(run.directory / "cdk.tf.json")
        self._read_upstream(run, document)
        declared = document.get("resource", {})
        for address in self._refreshed(run):
            kind, _, name = address.partition(".")
            if declared.get(kind, {}).get(name, {}).get("lifecycle", {}).get("prevent_destroy"):
                raise TerraformError("Instance cannot be destroyed", cause=address)
        return [
            {"address": address, "actions": ["delete"]}
            for address in reversed(list(self._refreshed(run)))
        ]

    @staticmethod
    def _changes(plan: dict[str, Any]) -> tuple[PlannedChange, ...]:
        resources = tuple(
            PlannedChange(
                address=each["address"],
                type=each["address"].partition(".")[0],
                actions=tuple(each["actions"]),
            )
            for each in plan["operations"]
        )
        outputs = tuple(
            PlannedChange(address=f"output.{name}", type="output", actions=("update",))
            for name in plan["moved"]
        )
        return resources + outputs

    def _carry_out(self, operation: dict[str, Any], state: dict[str, Any]) -> None:
        address, action = operation["address"], operation["actions"][0]
        kind, _, name = address.partition(".")
        identifier = operation.get("id") or f"{kind}-{name}"
        others = [
            each for each in state["resources"] if (each["type"], each["name"]) != (kind, name)
        ]
        if action == "delete":
            self.world.resources.pop(self._known(state)[address]["id"], None)
            state["resources"] = others
        if operation["actions"] == ["delete"]:
            return
        if action == "create" and identifier in self.world.resources:
            raise AlreadyExistsError(f"{identifier} already exists")
        if action == "import" and identifier not in self.world.resources:
            raise TerraformError(f"cannot import {identifier}, which does not exist")
        attributes = {"id": identifier, **operation["attributes"]}
        self.world.resources[identifier] = attributes
        entry = {"mode": "managed", "type": kind, "name": name}
        kept = [{"attributes": _typed(attributes)}]
        state["resources"] = [*others, {**entry, "instances": kept}]


class FakeCloud:
    """``ports.Cloud`` on a :class:`World`."""

    def __init__(self, world: World, account: str = ACCOUNT) -> None:
        self.world = world
        self.account = account
        self.caller = f"arn:aws:sts::{account}:assumed-role/Deployer/me"
        self.buckets: list[tuple[str, str]] = []
        self.wanted: tuple[Wanted, ...] = ()

    def account_id(self) -> str:
        """Return the account."""
        return self.account

    def identity_arn(self) -> str:
        """Return the caller."""
        return self.caller

    def find_resources(self, deployment: str) -> tuple[Resource, ...]:  # noqa: ARG002 - the port's
        """Return everything that exists."""
        self.world.step("find")
        return tuple(
            Resource(*_SERVICES.get(each.partition("-")[0], ("other", "thing")), each)
            for each in sorted(self.world.resources)
        )

    def find_owned(self, deployment: str) -> tuple[Resource, ...]:
        """Return everything that exists and is not somebody else's."""
        found = self.find_resources(deployment)
        return tuple(each for each in found if each.identifier not in self.world.foreign)

    def find_existing(self, deployment: str, wanted: Iterable[Wanted]) -> dict[str, str]:  # noqa: ARG002 - the port's
        """Return what exists under the name that the fake Terraform gives."""
        self.world.step("look")
        self.wanted = tuple(wanted)
        ids = {each.address: each.address.replace(".", "-", 1) for each in self.wanted}
        present = self.world.resources.keys() - self.world.foreign
        return {address: each for address, each in ids.items() if each in present}

    def remove(
        self,
        deployment: str,
        resources: Iterable[Resource],
        on_removed: Callable[[Resource], None],
        check: Callable[[], None],
    ) -> dict[Resource, str]:
        """Remove what is the deployment's, but for what is stuck."""
        owned = set(self.find_owned(deployment))
        staying: dict[Resource, str] = {}
        for each in resources:
            self.world.step(f"remove {each.identifier}")
            check()
            if each not in owned or each.identifier in self.world.stuck:
                staying[each] = "in use"
                continue
            del self.world.resources[each.identifier]
            on_removed(each)
        return staying

    def ensure_state_bucket(self, bucket: str, region: str) -> None:
        """Remember the call."""
        self.buckets.append((bucket, region))


_UPSTREAM: dict[str, tuple[str, ...]] = {
    "network": (),
    "cluster": ("network",),
    "storage": ("network",),
}


def _resources(stack: str, deployment: Deployment, *, protect_data: bool) -> dict[str, Any]:
    if stack != "storage":
        tags = {"tags": deployment.settings.tags} if stack == "network" else {}
        return {"aws_thing": {f"{stack}_a": {}, f"{stack}_b": tags}}
    days = deployment.settings.storage.backup_days
    protected = {"lifecycle": {"prevent_destroy": True}} if protect_data else {}
    return {
        "aws_efs_file_system": {"files": protected},
        "aws_efs_mount_target": {"first": {}},
        "aws_backup_vault": {"vault": {"name": "vault", "days": days, **protected}},
    }


def synthesize(deployment: Deployment, out: Path, *, protect_data: bool) -> tuple[StackNode, ...]:
    """Write small stacks in the shape of the real ones, as the real synthesis would."""
    upstream = dict(_UPSTREAM)
    if isinstance(deployment.settings.auth, CognitoAuth):
        upstream["identity"] = ()
    nodes = []
    for stack, needs in upstream.items():
        resources = _resources(stack, deployment, protect_data=protect_data)
        document = {
            "terraform": {"backend": {"local": {"path": f"../../state/{stack}.tfstate"}}},
            "resource": resources,
            "output": {"name": {"value": stack}},
            "data": {"terraform_remote_state": {each: {} for each in needs}},
        }
        directory = out / "stacks" / stack
        _write(directory / "cdk.tf.json", json.dumps(document))
        count = sum(len(each) for each in resources.values())
        nodes.append(StackNode(name=stack, directory=directory, depends_on=needs, resources=count))
    for path in out.glob("stacks/*/cdk.tf.json"):
        if path.parent.name not in upstream:
            path.unlink()
    manifest = {stack: {"dependencies": list(needs)} for stack, needs in upstream.items()}
    _write(out / "manifest.json", json.dumps({"stacks": manifest}))
    return tuple(nodes)


def make_deployment(
    *, backup_days: int = 35, cognito: bool = False, region: str = "us-west-2", **more: Any
) -> Deployment:
    """Return a valid deployment."""
    auth = {"auth": CognitoAuth(type="cognito", admins=("a@example.org",))} if cognito else {}
    settings = DeploymentFile(
        name=NAME, region=region, storage=StorageConfig(backup_days=backup_days), **auth, **more
    )
    return Deployment(settings=settings, profiles=ProfilesFile())


class Bench:
    """A workspace with fakes around it; every context of it shares one world."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root=root, target="aws", name=NAME)
        self.world = World()
        self.terraform = FakeTerraform(self.world)
        self.cloud = FakeCloud(self.world)
        self.events: list[Event] = []
        self.interrupt = Interrupt()

    def context(self, **changes: Any) -> Context:
        """Return a context, as a new process would make it."""
        self.interrupt = Interrupt()
        settings: dict[str, Any] = {
            "workspace": self.workspace,
            "target": Target(kind="aws"),
            "terraform": self.terraform,
            "cloud": self.cloud,
            "synthesize": synthesize,
            "emit": self.events.append,
            "sources": {"files": ["jhub.yaml"]},
            "interrupt": self.interrupt,
            "write_record": self.write_record,
        }
        return Context(**{**settings, **changes})

    def write_record(self, path: Path, text: str) -> None:
        """Write the record for real; dying before or after it are two steps."""
        self.world.step("record")
        _write(path, text)
        self.world.step("recorded")
