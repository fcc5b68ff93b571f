"""An AWS Budget by the real Terraform: made, changed, seen without a difference, removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.listers import budgets
from jupyterhub_eks.aws.ownership import DeploymentOwner
from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.local import supervisor

if TYPE_CHECKING:
    from tests.support.command import Jhub

ACCOUNT = "000000000000"
ONE_STACK = ("--local", "--stack", "budget")


def test_the_life_of_a_budget(jhub: Jhub) -> None:
    """Twice the same plan is empty; a new limit is a change in place; nothing stays."""
    configure(jhub, 300)
    jhub.run("deploy", *ONE_STACK, "--yes")
    assert limit_of(clients(jhub)) == "300.0"
    jhub.run("plan", *ONE_STACK, "--exit-code")

    configure(jhub, 450)
    (stack,) = jhub.json("plan", *ONE_STACK)["stacks"]
    assert [each["actions"] for each in stack["changes"]] == [["update"]]
    jhub.run("deploy", *ONE_STACK, "--yes")
    assert limit_of(clients(jhub)) == "450.0"

    name = jhub.json("status", "--local")["deployment"]
    found = list(budgets.resources(clients(jhub), DeploymentOwner(name)))
    assert [each.identifier for each in found] == [f"{name}-month"]
    jhub.run("destroy", "--local", "--yes")


def configure(jhub: Jhub, limit: int) -> None:
    """Give the configuration a budget with this limit."""
    file = jhub.folder / "jhub.yaml"
    text = re.sub(r"(?m)^budget:.*\n", "", file.read_text())
    file.write_text(f"{text}\nbudget: {{monthly_usd: {limit}, email: [alice@example.org]}}\n")


def clients(jhub: Jhub) -> Clients:
    """Return clients of the embedded AWS of the command line."""
    return Clients("us-west-2", supervisor.ensure_running(jhub.folder / ".jhub").env)


def limit_of(aws: Clients) -> str:
    """Return the limit of the only budget, which has to tell of itself twice."""
    client: Any = aws.get("budgets")
    (budget,) = client.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    told = client.describe_notifications_for_budget(
        AccountId=ACCOUNT, BudgetName=budget["BudgetName"]
    )["Notifications"]
    assert {(each["NotificationType"], each["Threshold"]) for each in told} == {
        ("FORECASTED", 80.0),
        ("ACTUAL", 100.0),
    }
    assert budget["CostFilters"]["TagKeyValue"][0].startswith("user:jhub.deployment$")
    return str(float(budget["BudgetLimit"]["Amount"]))
