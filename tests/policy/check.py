"""Lint the IAM documents and resources of synthesized stacks, offline.

``python check.py [--exceptions FILE] DIR...`` with the Python of the policy
environment (parliament and checkov, dependency group ``policy``). ``DIR`` is a folder
of synthesized output, with ``stacks/<stack>/cdk.tf.json``. Ends with 1 and one line
for each finding that has no written reason, and for each reason that no longer has a
finding. Runs on its own: the policy environment does not hold the project.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from parliament import analyze_policy_string

if TYPE_CHECKING:
    from collections.abc import Iterator

EXCEPTIONS = Path(__file__).resolve().parents[2] / "docs" / "policy-exceptions.yaml"
ACCOUNT = "123456789012"
# What Terraform will put in place of an expression, by the beginning of the expression.
SAMPLES = {
    "data.aws_caller_identity.": ACCOUNT,
    "aws_iam_role.": f"arn:aws:iam::{ACCOUNT}:role/sample",
    "data.terraform_remote_state.cross-stack-reference-input-interruption.": (
        f"arn:aws:sqs:us-west-2:{ACCOUNT}:sample"
    ),
    "aws_efs_file_system.": (
        f"arn:aws:elasticfilesystem:us-west-2:{ACCOUNT}:file-system/fs-0123456789abcdef0"
    ),
    "aws_efs_access_point.": (
        f"arn:aws:elasticfilesystem:us-west-2:{ACCOUNT}:access-point/fsap-0123456789abcdef0"
    ),
}
# checkov's Terraform JSON reader stops at the strings of the block `terraform`.
SCANNED_BLOCKS = ("data", "provider", "resource")

Identity = tuple[str, str, str, str, str]


@dataclass(frozen=True, order=True)
class Finding:
    """Something a scanner does not like.

    Attributes:
        tool: ``checkov`` or ``parliament``.
        check: Its name for the rule.
        resource: Stack and address, e.g. ``storage aws_backup_vault.BackupVault``.
        statement: Sid of an IAM statement; empty for a whole resource.
        message: What it says.
    """

    tool: str
    check: str
    resource: str
    statement: str
    message: str

    @property
    def identity(self) -> Identity:
        """What an exception must name; of unknown words also which, as there may be two."""
        message = self.message if self.check.startswith("UNKNOWN_") else ""
        return (self.tool, self.check, self.resource, self.statement, message)

    def __str__(self) -> str:
        """One line, as shown to people."""
        where = f"{self.resource} [{self.statement}]" if self.statement else self.resource
        return f"{self.tool} {self.check}: {where}: {self.message}"


@dataclass(frozen=True)
class Stack:
    """The synthesized file of one stack."""

    name: str
    content: dict[str, Any]

    def resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return address and arguments of every resource."""
        for kind, named in self.content.get("resource", {}).items():
            for key, body in named.items():
                yield f"{kind}.{key}", body

    def address_of(self, construct_id: str) -> str:
        """Return the address of a resource or data source; ids are unique in a stack."""
        for block in ("resource", "data"):
            for kind, named in self.content.get(block, {}).items():
                if construct_id in named:
                    return (
                        f"{kind}.{construct_id}"
                        if block == "resource"
                        else f"data.{kind}.{construct_id}"
                    )
        raise LookupError(f"{self.name} has nothing called {construct_id}")


def read_stacks(folder: Path) -> list[Stack]:
    """Return the stacks of a synthesized folder.

    Raises:
        LookupError: There is none; an empty scan must not pass.
    """
    files = sorted(folder.glob("stacks/*/cdk.tf.json"))
    if not files:
        raise LookupError(f"no synthesized stacks in {folder}")
    return [Stack(file.parent.name, json.loads(file.read_text(encoding="utf-8"))) for file in files]


def lint_documents(stack: Stack) -> Iterator[Finding]:
    """Lint every policy document of a stack with parliament's action database."""
    for address, body in stack.resources():
        for text in policy_texts(body):
            policy = json.loads(re.sub(r"\$\{([^}]*)\}", _sample, text))
            yield from _lint_document(f"{stack.name} {address}", policy)


def policy_texts(value: Any) -> Iterator[str]:
    """Return every string, however deep, that is a policy document."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from policy_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from policy_texts(inner)
    elif isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
        yield value


def _sample(match: re.Match[str]) -> str:
    for beginning, sample in SAMPLES.items():
        if match.group(1).startswith(beginning):
            return sample
    raise LookupError(f"no sample value for the expression {match.group(0)} in a policy")


def _lint_document(resource: str, policy: dict[str, Any]) -> Iterator[Finding]:
    seen = set()
    for statement in policy["Statement"]:
        sid = statement.get("Sid", "")
        for found in _parliament({**policy, "Statement": [statement]}):
            seen.add((found.issue, str(found.detail)))
            yield Finding("parliament", found.issue, resource, sid, str(found.detail))
    # Only the whole shows what statements do together.
    for found in _parliament(policy):
        if (found.issue, str(found.detail)) not in seen:
            yield Finding("parliament", found.issue, resource, "", str(found.detail))


def _parliament(policy: dict[str, Any]) -> list[Any]:
    statements = [_with_resource(statement) for statement in policy["Statement"]]
    text = json.dumps({**policy, "Statement": statements})
    findings: list[Any] = analyze_policy_string(text).findings
    return findings


def _with_resource(statement: dict[str, Any]) -> dict[str, Any]:
    """Name the resource of a trust policy: IAM implies it, parliament misses it."""
    actions = (
        statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    )
    if "Resource" in statement or not all(action.startswith("sts:") for action in actions):
        return statement
    return {**statement, "Resource": SAMPLES["aws_iam_role."]}


def scan_resources(stacks: list[Stack]) -> list[Finding]:
    """Run checkov over the stacks.

    Raises:
        RuntimeError: checkov failed, or could not read a file.
    """
    by_name = {stack.name: stack for stack in stacks}
    with tempfile.TemporaryDirectory() as folder:
        for stack in stacks:
            target = Path(folder, stack.name)
            target.mkdir()
            content = {key: stack.content[key] for key in SCANNED_BLOCKS if key in stack.content}
            (target / "cdk.tf.json").write_text(json.dumps(content, indent=2), encoding="utf-8")
        report = _run_checkov(folder)
    summary = report["summary"]
    if summary["parsing_errors"] or not summary["passed"]:
        raise RuntimeError(f"checkov did not read every stack: {summary}")
    return [_checkov_finding(by_name, failed) for failed in report["results"]["failed_checks"]]


def _run_checkov(folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "checkov.main", "--directory", folder]
    command += ["--framework", "terraform_json", "--skip-download", "--quiet", "--compact"]
    command += ["--output", "json"]
    # A proxy that refuses: whatever might ask the network fails instead of asking.
    nowhere = dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"
    )
    done = subprocess.run(
        command,
        env={**os.environ, **nowhere, "NO_PROXY": "", "no_proxy": "", "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"checkov ended with {done.returncode}: {done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _checkov_finding(stacks: dict[str, Stack], failed: dict[str, Any]) -> Finding:
    stack = stacks[Path(failed["file_path"]).parent.name]
    construct_id = failed["resource"].rpartition(".")[2]
    address = stack.address_of(construct_id)
    return Finding(
        "checkov", failed["check_id"], f"{stack.name} {address}", "", failed["check_name"]
    )


def read_exceptions(file: Path) -> set[Identity]:
    """Return what may be found, each with its reason in the file.

    Raises:
        ValueError: An entry has no reason.
    """
    allowed = set()
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
        if len(entry.get("reason", "").split()) < 5:
            raise ValueError(f"{file.name}: the exception from {entry['check']} gives no reason")
        for resource in entry["resources"]:
            for statement in entry.get("statements", [""]):
                allowed.add(
                    (entry["tool"], entry["check"], resource, statement, entry.get("message", ""))
                )
    return allowed


def main() -> int:
    """Scan, compare with the exceptions, print, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--exceptions", type=Path, default=EXCEPTIONS)
    arguments = parser.parse_args()
    findings: set[Finding] = set()
    for folder in arguments.folders:
        stacks = read_stacks(folder)
        findings.update(scan_resources(stacks))
        for stack in stacks:
            findings.update(lint_documents(stack))
    allowed = read_exceptions(arguments.exceptions)
    unexplained = sorted(found for found in findings if found.identity not in allowed)
    stale = sorted(allowed - {found.identity for found in findings})
    lines = [f"no written reason for {found}" for found in unexplained]
    lines += [f"exception no longer needed: {' '.join(filter(None, entry))}" for entry in stale]
    counts = f"{len(findings)} findings, {len(unexplained)} without a reason"
    lines.append(f"{counts}, {len(stale)} stale exceptions")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
