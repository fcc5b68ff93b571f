"""Stack ``interruption``: Karpenter's queue of events that tell of instances about to go.

It needs no other stack. The provider waits a fixed 25 s for a new queue, so on its
own it is ready long before the cluster, instead of prolonging what comes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from stacks import karpenter_iam
from stacks.base import BaseStack
from stacks.contracts import InterruptionOutputs
from stacks.iam import to_json

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import DeploymentFile


class InterruptionStack(BaseStack):
    """The interruption queue and the five rules that fill it."""

    outputs: InterruptionOutputs

    def __init__(self, scope: Construct, *, settings: DeploymentFile) -> None:
        super().__init__(scope, "interruption", settings=settings)
        queue = self._create_queue()
        self._route_events(queue)
        self.outputs = InterruptionOutputs(queue_name=queue.name, queue_arn=queue.arn)
        self.add_output("queue_name", queue.name, "Interruption queue of Karpenter")

    def _create_queue(self) -> SqsQueue:
        """Make the queue with its policy: a policy resource would wait another 25 s."""
        name = self.name_of("karpenter", "sqs_queue")
        account = DataAwsCallerIdentity(self, "Account").account_id
        arn = f"arn:{self.partition}:sqs:{self.aws_region}:{account}:{name}"
        return SqsQueue(
            self,
            "InterruptionQueue",
            name=name,
            message_retention_seconds=karpenter_iam.queue_retention_seconds(),
            sqs_managed_sse_enabled=True,
            policy=to_json(karpenter_iam.queue_policy(arn)),
        )

    def _route_events(self, queue: SqsQueue) -> None:
        for suffix, pattern in karpenter_iam.event_patterns().items():
            part = "".join(
                word.capitalize() for word in suffix.removeprefix("karpenter-").split("-")
            )
            rule = CloudwatchEventRule(
                self,
                f"{part}Rule",
                name=self.name_of(suffix, "event_rule"),
                description="Tells Karpenter that an instance is about to go",
                event_pattern=to_json(pattern),
            )
            CloudwatchEventTarget(
                self,
                f"{part}Target",
                rule=rule.name,
                target_id="karpenter-interruption-queue",
                arn=queue.arn,
            )
