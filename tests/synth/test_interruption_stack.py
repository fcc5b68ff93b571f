"""Intent of stack ``interruption``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.synth import Stacks

# As AWS spells them; a misspelled one would never match an event.
EVENTS = {
    ("aws.health", "AWS Health Event"),
    ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    ("aws.ec2", "EC2 Instance State-change Notification"),
    ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}


def test_five_kinds_of_events_reach_the_queue(default_stacks: Stacks) -> None:
    """Karpenter hears of every way in which an instance can go."""
    interruption = default_stacks["interruption"]
    patterns = [
        json.loads(body["event_pattern"])
        for body in interruption.resources("aws_cloudwatch_event_rule").values()
    ]
    assert {(*p["source"], *p["detail-type"]) for p in patterns} == EVENTS
    interruption.assert_count(
        "aws_cloudwatch_event_target", 5, arn="${aws_sqs_queue.InterruptionQueue.arn}"
    )


def test_every_rule_has_its_target(default_stacks: Stacks) -> None:
    """Each of the five rules has one target of its own."""
    interruption = default_stacks["interruption"]
    targets = interruption.resources("aws_cloudwatch_event_target").values()
    assert {body["rule"] for body in targets} == {
        f"${{aws_cloudwatch_event_rule.{key}.name}}"
        for key in interruption.resources("aws_cloudwatch_event_rule")
    }


def test_queue_is_short_lived_encrypted_and_over_tls(default_stacks: Stacks) -> None:
    """Stale events vanish, and the queue takes messages from events and over TLS only."""
    interruption = default_stacks["interruption"]
    queue = interruption.the(
        "aws_sqs_queue", message_retention_seconds=300, sqs_managed_sse_enabled=True
    )
    policy = json.loads(queue["policy"])
    assert policy["Version"] == "2012-10-17"
    allow, deny = policy["Statement"]
    assert allow["Action"] == "sqs:SendMessage"
    assert set(allow["Principal"]["Service"]) == {"events.amazonaws.com", "sqs.amazonaws.com"}
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {allow["Resource"], deny["Resource"]} == {
        (
            "arn:aws:sqs:us-west-2:${data.aws_caller_identity.Account.account_id}:"
            "jupyterhub-on-eks-karpenter"
        )
    }


def test_it_waits_for_no_other_stack(default_stacks: Stacks) -> None:
    """The provider's fixed wait for a new queue passes while network and cluster are made."""
    assert default_stacks["interruption"].stack.depends_on == ()
