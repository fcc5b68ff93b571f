"""Stack ``budget``: over what it counts, and whom it tells when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.synth import ABSENT
from tests.synth.support_stacks import deployment

if TYPE_CHECKING:
    from tests.support.synth import StackJson, Stacks, Synthesizer

TOPIC = "arn:aws:sns:us-west-2:123456789012:costs"


def budget_stack(synthesizer: Synthesizer, **budget: Any) -> StackJson:
    """Return the stack of a deployment named `lab`."""
    return synthesizer(deployment(name="lab", budget={"monthly_usd": 500, **budget}))["budget"]


def test_without_a_limit_there_is_no_stack(default_stacks: Stacks) -> None:
    """A budget is made only for a limit that was written."""
    assert "budget" not in default_stacks


def test_what_is_counted(synthesizer: Synthesizer) -> None:
    """Only what carries this deployment's tag, as AWS writes user-defined tags."""
    stack = budget_stack(synthesizer, email=["alice@example.org"])

    stack.the(
        "aws_budgets_budget",
        name="lab-month",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount="500.00",
        limit_unit="USD",
        cost_filter=[{"name": "TagKeyValue", "values": ["user:jhub.deployment$lab"]}],
    )


def test_who_is_told_and_when(synthesizer: Synthesizer) -> None:
    """At 80 % forecast and 100 % spent, by mail and by topic, in an order that stays."""
    mail = ["bob@example.org", "alice@example.org"]
    body = budget_stack(synthesizer, email=mail, sns_topic_arn=TOPIC).the("aws_budgets_budget")

    assert [(each["notification_type"], each["threshold"]) for each in body["notification"]] == [
        ("FORECASTED", 80),
        ("ACTUAL", 100),
    ]
    for each in body["notification"]:
        assert each["threshold_type"] == "PERCENTAGE"
        assert each["comparison_operator"] == "GREATER_THAN"
        assert each["subscriber_email_addresses"] == sorted(mail)
        assert each["subscriber_sns_topic_arns"] == [TOPIC]


def test_without_a_topic(synthesizer: Synthesizer) -> None:
    """No empty list of topics is emitted."""
    body = budget_stack(synthesizer, email=["alice@example.org"]).the("aws_budgets_budget")
    assert all("subscriber_sns_topic_arns" not in each for each in body["notification"])


def test_its_id_and_place(synthesizer: Synthesizer) -> None:
    """The id is API: another one would replace the budget. It waits for no other stack."""
    stack = budget_stack(synthesizer, email=["alice@example.org"])

    assert list(stack.resources("aws_budgets_budget")) == ["Budget"]
    assert stack.stack.depends_on == ()
    stack.the("aws_budgets_budget", tags=ABSENT)  # the provider's default tags say whose it is
