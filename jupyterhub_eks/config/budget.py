"""The ``budget`` section: how much a deployment may cost."""

from __future__ import annotations

from pydantic import Field

from jupyterhub_eks.config.base import Section


class BudgetConfig(Section):
    """What is refused before a deploy, and who hears of it after."""

    max_hourly_usd: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        description="Most that an hour may cost with every pool at its limit, US dollars by list "
        "price; `validate`, `plan` and `deploy` refuse more. Every pool then needs a `max`.",
        examples=[40],
    )
    monthly_usd: float | None = Field(
        default=None,
        gt=0,
        le=100_000_000,
        description="Limit of an AWS Budget, US dollars a month, for what carries the deployment's "
        "tag. Tells the addresses below at 80 % forecast and at 100 % spent; stops nothing.",
        examples=[500],
    )
    email: tuple[str, ...] = Field(
        default=(),
        description="E-mail addresses that the AWS Budget tells; at most 10.",
        examples=[["alice@example.org"]],
    )
    sns_topic_arn: str | None = Field(
        default=None,
        description="SNS topic that the AWS Budget tells; its policy must let "
        "`budgets.amazonaws.com` publish.",
        examples=["arn:aws:sns:us-west-2:123456789012:costs"],
    )
