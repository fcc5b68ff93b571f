"""The launch template of the system nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateMetadataOptions,
    LaunchTemplateTagSpecifications,
)

if TYPE_CHECKING:
    from stacks.base import BaseStack

# Root device of Amazon Linux 2023.
ROOT_DEVICE = "/dev/xvda"


def add_launch_template(stack: BaseStack, *, disk_gib: int) -> LaunchTemplate:
    """Add the template: IMDSv2 within the node only, encrypted gp3, tags on what EC2 makes.

    It names no security group, so that EKS attaches the cluster's own. Default tags
    end at the template itself; instances, volumes and interfaces need them here.
    """
    tags = stack.named("system", **stack.deployment_tags)
    return LaunchTemplate(
        stack,
        "SystemNodesTemplate",
        name=stack.name_of("system", "launch_template"),
        description="System nodes of the hub",
        update_default_version=True,
        metadata_options=LaunchTemplateMetadataOptions(
            http_endpoint="enabled",
            http_tokens="required",
            # One hop ends at the node: no pod reaches the node's credentials.
            http_put_response_hop_limit=1,
        ),
        block_device_mappings=[
            LaunchTemplateBlockDeviceMappings(
                device_name=ROOT_DEVICE,
                ebs=LaunchTemplateBlockDeviceMappingsEbs(
                    volume_type="gp3",
                    volume_size=disk_gib,
                    encrypted="true",
                    delete_on_termination="true",
                ),
            )
        ],
        tag_specifications=[
            LaunchTemplateTagSpecifications(resource_type=kind, tags=tags)
            for kind in ("instance", "volume", "network-interface")
        ],
        tags=stack.named("system"),
    )
