"""Helm values pass through the real Terraform as they were written."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from stacks.values_text import values_text

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "${TfToken[TOKEN.7]}"
ODD = 'a "quoted" \\ backslash, ${expression}, %{ if directive }, $${escaped}, ü\U0001f600\x07'
SCRIPT = f"def hook():\n\n    return '${{name}} %{{x}}'\t# {ODD[:20]}\n"


def through_terraform(terraform: Path, folder: Path, values: dict[str, Any], known: str) -> Any:
    """Return the values that Helm would get, ``known`` being what the token stands for."""
    text = values_text(values, lambda *_: "known")
    document = {
        "locals": {"known": known.replace("${", "$${")},
        "output": {"values": {"value": text}},
    }
    (folder / "main.tf.json").write_text(json.dumps(document))

    def run(*arguments: str) -> str:
        command = [str(terraform), *arguments]
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout

    run("apply", "-auto-approve", "-no-color")
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    return yaml.load(json.loads(run("output", "-json", "values")))


def test_user_text_and_tokens_arrive_unchanged(terraform: Path, tmp_path: Path) -> None:
    """Markers in user text stay text, and a token's value is quoted, whatever it holds."""
    values = {
        "text": ODD,
        ODD: [ODD, {"script": SCRIPT}],
        "whole": TOKEN,
        "part": f'{ODD} {TOKEN}/{TOKEN}"',
    }
    known = 'x"y\\z ${w}\n'
    seen = through_terraform(terraform, tmp_path, values, known)
    assert seen == {
        "text": ODD,
        ODD: [ODD, {"script": SCRIPT}],
        "whole": known,
        "part": f'{ODD} {known}/{known}"',
    }
