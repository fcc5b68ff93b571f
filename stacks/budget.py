"""Stack ``budget``: an AWS Budget over everything that carries the deployment's tag.

Made only with ``budget.monthly_usd``. It needs no other stack. AWS counts by a tag only once
that is activated as a cost-allocation tag, which the account that pays does by hand: AWS knows
a tag about a day after it was first used, so no stack could do it in the same deploy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostFilter,
    BudgetsBudgetNotification,
)

from jupyterhub_eks.naming import DEPLOYMENT_TAG
from stacks.base import BaseStack

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.budget import BudgetConfig
    from jupyterhub_eks.config.deployment import DeploymentFile

# Percent of the limit at which AWS tells of it: what is expected by the end of the month, and
# what is spent.
NOTIFICATIONS: Final = (("FORECASTED", 80), ("ACTUAL", 100))


class BudgetStack(BaseStack):
    """A monthly limit that AWS watches.

    Raises:
        ValueError: There is no limit.
    """

    def __init__(self, scope: Construct, *, settings: DeploymentFile) -> None:
        super().__init__(scope, "budget", settings=settings)
        config = settings.budget
        if config.monthly_usd is None:
            raise ValueError("a budget needs budget.monthly_usd")
        budget = BudgetsBudget(
            self,
            "Budget",
            name=self.name_of("month", "budget"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{config.monthly_usd:.2f}",
            limit_unit="USD",
            cost_filter=[
                BudgetsBudgetCostFilter(
                    name="TagKeyValue", values=[f"user:{DEPLOYMENT_TAG}${self.deployment}"]
                )
            ],
            notification=[_notification(config, kind, percent) for kind, percent in NOTIFICATIONS],
        )
        self.add_output("budget_name", budget.name, "AWS Budget of the deployment")


def _notification(config: BudgetConfig, kind: str, percent: int) -> BudgetsBudgetNotification:
    topic = config.sns_topic_arn
    return BudgetsBudgetNotification(
        notification_type=kind,
        comparison_operator="GREATER_THAN",
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_email_addresses=sorted(config.email) or None,
        subscriber_sns_topic_arns=[topic] if topic else None,
    )
