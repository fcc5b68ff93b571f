"""The shape of the documents that ``--json`` prints, for the reference pages."""

from __future__ import annotations

from typing import Final

# One row per key; ``[]`` stands for each element of a list.
PLAN: Final = {
    "deployment": "name of the deployment",
    "stacks[]": "the stacks, each after those it depends on",
    "stacks[].stack": "name of the stack",
    "stacks[].changes[]": "resources and outputs that change",
    "stacks[].changes[].address": "address in Terraform",
    "stacks[].changes[].type": "type of the resource, or `output`",
    "stacks[].changes[].actions[]": "as in `terraform show -json`; besides `import` and `forget`",
    "stacks[].waits_for[]": "stacks to deploy first; there is no plan yet",
    "stacks[].resources": "how many resources the stack declares",
    "stacks[].may_change_after[]": "stacks after whose deploy this one is planned again",
    "stacks[].removed": "true: deployed, and no longer configured",
    "stacks[].details[]": "the resources that are updated or replaced; never shortened",
    "stacks[].details[].address": "address in Terraform",
    "stacks[].details[].attributes[]": "the attributes that change",
    "stacks[].details[].attributes[].path[]": (
        "keys and positions, also those inside a JSON text such as a policy"
    ),
    "stacks[].details[].attributes[].name": (
        "the path for people, e.g. `rule[0].lifecycle.delete_after`"
    ),
    "stacks[].details[].attributes[].kind": (
        "`changed`, `added`, `removed`, or nothing but `reordered` or `reformatted`"
    ),
    "stacks[].details[].attributes[].before": "what was, in the form of `after`",
    "stacks[].details[].attributes[].after": "what will be",
    "stacks[].details[].attributes[].after.state": (
        "`known`, `unknown` until the apply, `sensitive`, or `absent`"
    ),
    "stacks[].details[].attributes[].after.value": (
        "the value if it is known, else null; never a sensitive one"
    ),
    "stacks[].details[].attributes[].forces_replacement": (
        "true: the resource is replaced because of it"
    ),
    "stacks[].details[].reason": "why it is replaced where no attribute is the reason; else empty",
    "stacks[].releases[]": "the Helm releases to which something happens; never shortened",
    "stacks[].releases[].address": "address in Terraform, as the helm provider names it",
    "stacks[].releases[].name": "name of the release; `namespace` is where it lives",
    "stacks[].releases[].action": (
        "`install`, `upgrade`, `uninstall`, `reinstall`, or `skip`: its chart cannot be reached"
    ),
    "stacks[].releases[].chart": "name of the chart",
    "stacks[].releases[].version_before": "version of the chart that is installed; empty: none",
    "stacks[].releases[].version_after": "version that will be; empty: none",
    "stacks[].releases[].chart_changes": "true: the chart has other content than the installed one",
    "stacks[].releases[].reason": "why it is done where no change is the reason; else empty",
    "stacks[].releases[].values[]": "what an upgrade changes in the values, as `attributes`",
    "stacks[].releases[].settings[]": "other arguments that change, as `attributes`",
    "stacks[].releases[].objects[]": (
        "the Kubernetes objects that change: `kind`, `namespace`, `name`"
    ),
    "stacks[].releases[].objects[].action": "`added`, `changed` or `removed`",
    "stacks[].releases[].objects[].fields[]": "the fields that change, as `attributes`",
    "stacks[].releases[].objects[].restarts": "true: its pods are replaced",
    "stacks[].releases[].note": "why `objects` is not known; else empty",
    "kept[]": "resources with data that are taken back: `service`, `kind`, `identifier`",
    "unapplied": "stacks that cannot be applied here, with the reason",
    "cost": "what it costs on AWS by list price, amounts as texts; `jhub cost` has every line",
    "cost.region": "region of the deployment",
    "cost.currency": "of all amounts",
    "cost.price_regions[]": "whose prices they are",
    "cost.idle_floor_monthly": "what a month costs in which nobody works",
    "cost.unpriced[]": "what is not in it, as no price is known",
    "cost.worst_case_hourly": "the most that an hour can cost; null: a pool has no limit or price",
    "cost.profiles[]": "an hour of a server: `profile`, `pool`",
    "cost.profiles[].alone": "`machine` and `hourly` for a user without neighbours, or null",
    "cost.profiles[].shared": "the same, with `users`, for each of a full one",
    "has_changes": "whether a deploy would do anything",
}


def plan_table() -> str:
    """Return the document of ``jhub plan --json`` as a Markdown table."""
    rows = "".join(f"| `{key}` | {meaning} |\n" for key, meaning in PLAN.items())
    return f"With `--json`; keys may be added:\n\n| key | meaning |\n|---|---|\n{rows}"
