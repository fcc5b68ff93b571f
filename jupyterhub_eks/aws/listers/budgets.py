"""AWS Budgets: budgets, which belong to the account and not to a region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.aws.session import DENIED, error_code
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients

# No stack makes a budget there, and GovCloud has no such API.
_WITHOUT: Final = ("cn-", "us-gov-")


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield budgets by tag.

    Accounts often close billing to everybody but one. Where budgets may not be seen, none is
    listed: who may not see a budget did not make one, and the stack that did is removed by
    Terraform, which does not overlook a refusal.
    """
    if clients.region.startswith(_WITHOUT):
        return
    client = clients.get("budgets")
    account = clients.get("sts").get_caller_identity().get("Account", "")
    try:
        found = list(items(client, "describe_budgets", "Budgets", AccountId=account))
    except Exception as error:
        if error_code(error) in DENIED:
            return
        raise
    for budget in found:
        name = budget["BudgetName"]
        if not name.startswith(owner.prefix):
            continue
        arn = f"arn:aws:budgets::{account}:budget/{name}"
        tags = client.list_tags_for_resource(ResourceARN=arn).get("ResourceTags")
        if owner.owns(tag_map(tags)):
            yield Resource("budgets", "budget", name)
