"""Profile lists of others, and node pools beside them, as short texts."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML

from jupyterhub_eks.foreign.checking import Report, check
from jupyterhub_eks.foreign.documents import documents
from jupyterhub_eks.foreign.reading import Foreign, foreign, only
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.resources import data_root

# Node pools of the original blueprint, as its description has them: a label of its own on each,
# the `p4d` pool named for MIG without any, and one Trainium size.
ORIGINAL_POOLS = """
apiVersion: karpenter.sh/v1beta1
kind: NodePool
metadata: {name: default}
spec:
  template:
    metadata: {labels: {NodePool: default}}
    spec:
      requirements:
      - {key: karpenter.k8s.aws/instance-family, operator: In, values: [m5]}
      - {key: karpenter.k8s.aws/instance-size, operator: In, values: [xlarge, 2xlarge]}
---
apiVersion: karpenter.sh/v1beta1
kind: NodePool
metadata: {name: gpu}
spec:
  template:
    metadata: {labels: {NodePool: gpu}}
    spec:
      taints: [{key: nvidia.com/gpu, effect: NoSchedule}]
      requirements:
      - {key: karpenter.k8s.aws/instance-family, operator: In, values: [g5]}
      - {key: karpenter.k8s.aws/instance-size, operator: In, values: [2xlarge, 24xlarge]}
---
apiVersion: karpenter.sh/v1beta1
kind: NodePool
metadata: {name: gpu-mig}
spec:
  template:
    metadata: {labels: {NodePool: gpu-mig}}
    spec:
      taints: [{key: nvidia.com/gpu, effect: NoSchedule}]
      requirements:
      - {key: node.kubernetes.io/instance-type, operator: In, values: [p4d.24xlarge]}
---
apiVersion: karpenter.sh/v1beta1
kind: NodePool
metadata: {name: trainium}
spec:
  template:
    metadata: {labels: {NodePool: trainium}}
    spec:
      taints: [{key: aws.amazon.com/neuroncore, value: "true", effect: NoSchedule}]
      requirements:
      - {key: node.kubernetes.io/instance-type, operator: In, values: [trn1.32xlarge]}
"""
# Its device plugin: every GPU node without a label shares each GPU among four.
ORIGINAL_PLUGIN = """
config:
  default: default
  map:
    default: |
      version: v1
      flags: {migStrategy: none}
      sharing: {timeSlicing: {resources: [{name: nvidia.com/gpu, replicas: 4}]}}
    nvidia-a100g: |
      version: v1
      flags: {migStrategy: mixed}
"""
# Its profiles of D14 to D22, by their description.
ORIGINAL_PROFILES = """
singleuser:
  profileList:
  - display_name: Data Engineering (CPU)
    kubespawner_override:
      node_selector: {NodePool: default}
      cpu_guarantee: 2
      mem_guarantee: 2G
  - display_name: Trainium
    kubespawner_override:
      node_selector: {NodePool: trainium}
      tolerations: [{key: aws.amazon.com/neuroncore, operator: Exists}]
      extra_resource_guarantees: &neuron {aws.amazon.com/neuron: "1"}
      extra_resource_limits: *neuron
  - display_name: Data Science (GPU, time-slicing)
    default: true
    kubespawner_override:
      node_selector: {NodePool: gpu}
      tolerations: &gpu [{key: nvidia.com/gpu, operator: Exists}]
      extra_resource_guarantees: &one {nvidia.com/gpu: "1"}
      extra_resource_limits: *one
      cpu_limit: 2
      mem_limit: 4G
  - display_name: Data Science (GPU, MIG)
    kubespawner_override:
      node_selector: {provisioner: cluster-autoscaler}
      tolerations: *gpu
      extra_resource_guarantees: {nvidia.com/mig-1g.5gb: "1"}
  - display_name: Data Science (whole P4d)
    kubespawner_override:
      node_selector: {NodePool: gpu-mig}
      tolerations: *gpu
      extra_resource_guarantees: &eight {nvidia.com/gpu: "8"}
      extra_resource_limits: *eight
      cpu_limit: 2
      mem_limit: 10G
"""

_EXAMPLES = data_root() / "examples" / "foreign"
# What stands beside the values of the first example, and all of the second.
BLUEPRINT = [
    str(_EXAMPLES / "blueprint" / name) for name in ("nodepools.yaml", "device-plugin.yaml")
]
SUCCESSOR = [
    str(_EXAMPLES / "successor" / name)
    for name in ("values.yaml", "nodepools.yaml", "device-plugin.yaml")
]
# Of the first example there are values for each.
LOGINS = ("dummy", "cognito", "oauth")


def blueprint_values(login: str) -> str:
    """Return the file of the first example for a login."""
    return str(_EXAMPLES / "blueprint" / f"values-{login}.yaml")


def source(*texts: str) -> Foreign:
    """Read texts as files."""
    return only(
        foreign([documents(text, f"file-{n}.yaml") for n, text in enumerate(texts)], "file-0")
    )


def report(*texts: str, region: str = "") -> Report:
    """Check texts as files."""
    return check(source(*texts), catalog(), region)


def one(override: str, *more: str, region: str = "") -> Report:
    """Check a bare list of one profile with some settings, in one line."""
    text = f"[{{display_name: P, kubespawner_override: {override}}}]"
    return report(text, *more, region=region)


def errors(found: Report) -> list[str]:
    """Return messages of errors."""
    return [each.message for each in found.problems if each.severity == "error"]


def warnings(found: Report) -> list[str]:
    """Return messages of warnings."""
    return [each.message for each in found.problems if each.severity == "warning"]


def yaml_data(text: str) -> Any:
    """Return what a text of YAML says, read by another reader than the program's."""
    return YAML(typ="safe", pure=True).load(text)
