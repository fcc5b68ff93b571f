"""SQS, EventBridge, CloudWatch Logs, Cognito and AWS Budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.matching import asked, listed, only

if TYPE_CHECKING:
    from jupyterhub_eks.aws.matching import Search


def queue(search: Search) -> str | None:
    """Return the queue's URL."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("sqs")
    url = asked(client.get_queue_url, QueueName=known[0]).get("QueueUrl")
    if not url:
        return None
    return (
        str(url) if search.owns(asked(client.list_queue_tags, QueueUrl=url).get("Tags")) else None
    )


def event_rule(search: Search) -> str | None:
    """Return the name of a rule on the default bus."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("events")
    arn = asked(client.describe_rule, Name=known[0]).get("Arn")
    if not arn:
        return None
    tags = asked(client.list_tags_for_resource, ResourceARN=arn).get("Tags")
    return known[0] if search.owns(tags) else None


def log_group(search: Search) -> str | None:
    """Return the group's name."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("logs")
    for group in listed(client, "describe_log_groups", "logGroups", logGroupNamePrefix=known[0]):
        if group["logGroupName"] != known[0]:
            continue
        arn = group["arn"].removesuffix(":*")
        if search.owns(asked(client.list_tags_for_resource, resourceArn=arn).get("tags")):
            return known[0]
    return None


def budget(search: Search) -> str | None:
    """Return ``account:name`` of a budget."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("budgets")
    account = asked(search.clients.get("sts").get_caller_identity).get("Account", "")
    call = client.describe_budget
    if not asked(call, AccountId=account, BudgetName=known[0]).get("Budget"):
        return None
    arn = f"arn:aws:budgets::{account}:budget/{known[0]}"
    tags = asked(client.list_tags_for_resource, ResourceARN=arn).get("ResourceTags")
    return f"{account}:{known[0]}" if search.owns(tags) else None


def user_pool(search: Search) -> str | None:
    """Return the id of the only pool of the name."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("cognito-idp")
    found = []
    for pool in listed(client, "list_user_pools", "UserPools", MaxResults=60):
        if pool["Name"] != known[0]:
            continue
        details = asked(client.describe_user_pool, UserPoolId=pool["Id"]).get("UserPool", {})
        if search.owns(details.get("UserPoolTags")):
            found.append(str(pool["Id"]))
    return only(found)


def user_pool_domain(search: Search) -> str | None:
    """Return the domain, if it is that of the pool."""
    known = search.known("user_pool_id", "domain")
    if not known:
        return None
    call = search.clients.get("cognito-idp").describe_user_pool_domain
    found = asked(call, Domain=known[1]).get("DomainDescription", {})
    return known[1] if found.get("UserPoolId") == known[0] else None


def identity_provider(search: Search) -> str | None:
    """Return ``pool:provider``."""
    known = search.known("user_pool_id", "provider_name")
    if not known:
        return None
    call = search.clients.get("cognito-idp").describe_identity_provider
    found = asked(call, UserPoolId=known[0], ProviderName=known[1]).get("IdentityProvider")
    return ":".join(known) if found else None


def user_group(search: Search) -> str | None:
    """Return ``pool/group``."""
    known = search.known("user_pool_id", "name")
    if not known:
        return None
    call = search.clients.get("cognito-idp").get_group
    found = asked(call, UserPoolId=known[0], GroupName=known[1]).get("Group")
    return "/".join(known) if found else None
