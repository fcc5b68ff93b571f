"""Rules for ``budget``, as far as they need no prices (those: ``costs/checking.py``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import email_meant, is_email

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

# AWS Budgets, "Quotas": per notification ten e-mail addresses and one topic.
_MOST_ADDRESSES: Final = 10
_TOPIC: Final = re.compile(r"arn:aws:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?")
_MONTHLY: Final[Path] = ("budget", "monthly_usd")
_EMAIL: Final[Path] = ("budget", "email")
_TOPIC_PATH: Final[Path] = ("budget", "sns_topic_arn")


def budget_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about limits that cannot be held, and addresses that hear of nothing."""
    yield from _region(settings)
    yield from _addresses(settings)
    budget = settings.budget
    is_heard = bool(budget.email or budget.sns_topic_arn)
    if budget.monthly_usd is not None and not is_heard:
        yield Finding(
            path=_EMAIL,
            message="an AWS Budget stops nothing, and there is nobody whom it would tell",
            hint="add e.g. `email: [alice@example.org]` under `budget`",
            also=(_MONTHLY, _TOPIC_PATH),
        )
    elif budget.monthly_usd is None and is_heard:
        yield Finding(
            path=_MONTHLY,
            message="without a limit there is no AWS Budget that could tell of it",
            hint="add e.g. `monthly_usd: 500` under `budget`",
            also=(_EMAIL, _TOPIC_PATH),
        )


def _region(settings: DeploymentFile) -> Iterator[Finding]:
    budget, region = settings.budget, settings.region
    if region.startswith("cn-"):
        for key in ("max_hourly_usd", "monthly_usd"):
            if getattr(budget, key) is not None:
                yield Finding(
                    path=("budget", key),
                    message=f"{region} is billed in yuan, so a limit in dollars cannot be held",
                    hint="remove it; `jhub cost` shows what is known",
                    also=(("region",),),
                )
    elif region.startswith("us-gov-") and budget.monthly_usd is not None:
        yield Finding(
            path=_MONTHLY,
            message="GovCloud has no AWS Budgets: its bill is that of another account",
            hint="remove it, and make the budget in the standard account that pays",
            also=(("region",),),
        )


def _addresses(settings: DeploymentFile) -> Iterator[Finding]:
    budget = settings.budget
    for index, address in enumerate(budget.email):
        if not is_email(address):
            yield Finding(
                path=(*_EMAIL, index),
                message=f"`{address[:100]}` is not an e-mail address",
                hint=f"write e.g. `{email_meant(address)}`",
            )
        elif address in budget.email[:index]:
            yield Finding(
                path=(*_EMAIL, index),
                message=f"`{address}` stands here twice",
                hint="remove one",
            )
    if len(budget.email) > _MOST_ADDRESSES:
        yield Finding(
            path=_EMAIL,
            message=f"these are {len(budget.email)} addresses; a budget tells at most "
            f"{_MOST_ADDRESSES}",
            hint="use a mailing list, or `sns_topic_arn`",
        )
    topic = budget.sns_topic_arn
    if topic is None:
        return
    if not _TOPIC.fullmatch(topic):
        yield Finding(
            path=_TOPIC_PATH,
            message=f"`{topic[:100]}` is not the ARN of an SNS topic",
            hint="write e.g. `sns_topic_arn: arn:aws:sns:us-west-2:123456789012:costs`",
        )
    elif topic.endswith(".fifo"):
        yield Finding(
            path=_TOPIC_PATH,
            message=f"`{topic}` is a FIFO topic, which AWS Budgets cannot tell",
            hint="use a standard topic",
        )
