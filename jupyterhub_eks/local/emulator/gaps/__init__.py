"""What ``ministack`` 1.5.33 lacks of the AWS calls that the stacks make.

Each module covers one gap, and a test shows both that the bare emulator has it
and that it is covered. A gap never accepts what AWS refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.emulator.gaps import (
    cognito_login_page,
    cognito_tokens,
    cognito_users,
    ec2_cidr,
    ec2_dependencies,
    ec2_endpoints,
    ec2_nat_gateways,
    ec2_subnets,
    efs_policy,
    eks_addon_versions,
    eks_addons,
    eks_cluster_changes,
    eks_clusters,
    eks_endpoint,
    eks_node_groups,
    eks_tokens,
    sts_presigned,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.local.emulator.messages import Gap

GAPS: Final[Mapping[str, Sequence[Gap]]] = {
    # No signature in the Authorization header: presigned, or for anybody.
    "": (sts_presigned.handle, cognito_login_page.handle, cognito_tokens.handle),
    "cognito-idp": (cognito_users.handle,),
    "ec2": (
        ec2_dependencies.handle,
        ec2_subnets.handle,
        ec2_cidr.handle,
        ec2_endpoints.handle,
        ec2_nat_gateways.handle,
    ),
    "eks": (
        eks_tokens.handle,
        eks_endpoint.handle,
        eks_addon_versions.handle,
        eks_addons.handle,
        eks_node_groups.handle,
        eks_cluster_changes.handle,
        eks_clusters.handle,
    ),
    "elasticfilesystem": (efs_policy.handle,),
}
