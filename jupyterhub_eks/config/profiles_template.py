"""The ``profiles.yaml`` that ``jhub init`` writes: a CPU profile and the GPU pools asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jupyterhub_eks.config.template import GpuPool, InitAnswers


def render_profiles_yaml(answers: InitAnswers) -> str:
    """Return ``profiles.yaml`` with a CPU profile and the GPU pools asked for."""
    pools = [_POOLS[name] for name in answers.gpu_pools]
    profiles = [_PROFILES[name] for name in answers.gpu_pools]
    hint = "" if "gpu-shared" in answers.gpu_pools else _POOL_HINT
    return (
        f"# yaml-language-server: $schema={answers.schema_dir}/profiles.schema.json\n"
        + _PROFILES_HEAD
        + "".join(pools)
        + hint
        + _PROFILES_LIST
        + "".join(profiles)
    )


_PROFILES_HEAD: Final = """\
# Node pools, and what users can start on them. Check with: jhub validate

pools:
  cpu:                                  # Karpenter starts the cheapest that fits
    instances: [m7i, m7a, m6i]
    sizes: [xlarge, 2xlarge, 4xlarge]
    max: {cpu: 256}                     # cores of the whole pool: the upper end of the bill
"""
_POOLS: Final[dict[GpuPool, str]] = {
    "gpu-shared": """\
  gpu-shared:                           # four users share one GPU, without memory isolation
    instances: [g6.xlarge, g5.xlarge]
    gpu: {sharing: time-slicing, slices: 4}
    max: {gpu: 8}
""",
    "gpu": """\
  gpu:                                  # whole GPUs
    instances: [g6e, g6]
    sizes: [xlarge, 2xlarge]
    max: {gpu: 8}
""",
}
_POOL_HINT: Final = """\
  # gpu-shared:                         # four users share one GPU; quota for G instances needed
  #   instances: [g6.xlarge, g5.xlarge]
  #   gpu: {sharing: time-slicing, slices: 4}
"""
_PROFILES_LIST: Final = """
profiles:
- name: Data science (CPU)
  description: JupyterLab with the scientific Python stack.
  default: true
  pool: cpu
  cpu: {guarantee: 1, limit: 2}         # cores
  memory: {guarantee: 4G, limit: 4G}    # equal: nobody loses memory to a neighbour
  images:
    SciPy: quay.io/jupyter/scipy-notebook:2025-11-10
"""
_PROFILES: Final[dict[GpuPool, str]] = {
    "gpu-shared": """\
- name: Data science (GPU, shared)
  description: A slice of an NVIDIA GPU. Its memory is shared; keep models small.
  pool: gpu-shared
  cpu: {guarantee: 0.5, limit: 4}
  memory: {guarantee: 2G, limit: 3G}
  gpu: 1                                # one slice
  images:
    PyTorch: quay.io/jupyter/pytorch-notebook:cuda12-2025-11-10
""",
    "gpu": """\
- name: Deep learning (GPU)
  description: A whole NVIDIA GPU.
  pool: gpu
  cpu: {guarantee: 3, limit: 4}
  memory: {guarantee: 12G, limit: 12G}
  gpu: 1
  images:
    PyTorch: quay.io/jupyter/pytorch-notebook:cuda12-2025-11-10
""",
}
