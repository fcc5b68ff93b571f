"""The hubs that are tried in a browser: their configuration, and who uses them."""

from __future__ import annotations

PROFILES = """\
pools:
  cpu:
    instances: [m7i, m7a]
    sizes: [xlarge, 2xlarge, 4xlarge]
    max: {cpu: 64}
  rare:
    instances: [p4d.24xlarge]
    max: {gpu: 8}
  gpu-shared:
    instances: [g6.xlarge]
    gpu: {sharing: time-slicing, slices: 4}
    max: {gpu: 4}

profiles:
- name: Analysis
  description: Tables and plots.
  default: true
  pool: cpu
  cpu: {guarantee: 1, limit: 2}
  memory: 4G
  images:
    SciPy: quay.io/jupyter/scipy-notebook:2025-11-10
    R: quay.io/jupyter/r-notebook:2025-11-10
  options:
    Standard: {default: true}
    Large tables: {description: 8 GB of memory, memory: 8G}
- name: Training
  description: For the course on machine learning.
  pool: gpu-shared
  cpu: {guarantee: 0.5, limit: 4}
  memory: {guarantee: 2G, limit: 3G}
  gpu: 1
  groups: [ml]
  images: {PyTorch: "quay.io/jupyter/pytorch-notebook:cuda12-2025-11-10"}
- name: Rare
  description: A machine that AWS often has none of.
  pool: rare
  cpu: {guarantee: 4, limit: 8}
  memory: 16G
  gpu: 1
  images: {PyTorch: "quay.io/jupyter/pytorch-notebook:cuda12-2025-11-10"}
"""

_SCHOOL = """\
name: school
auth: {type: dummy, admins: [alice]}
storage: {shared: {write: admins}}
appearance:
  title: Data School
  announcement: Maintenance on Friday.
  prices: true
hub_values: {hub: {allowNamedServers: true, namedServerLimitPerUser: 2}}
"""
_OAUTH = """\
name: lab
auth:
  type: oauth
  client_id: hub-1
"""

CONFIGURATIONS = {
    "school": _SCHOOL,
    "culled": "name: demo\nauth: {type: dummy, admins: [alice]}\n",
    "native": "name: course\nauth: {type: native, admins: [teacher], allow: {everyone: true}}\n",
    "cognito": (
        "name: team\nauth: {type: cognito, groups: [ml], admins: [alice@example.org],\n"
        "  allow: {groups: [users]}}\n"
        "access: {domain: hub.example.org, hosted_zone: example.org}\n"
    ),
    "github": (
        f"{_OAUTH}  provider: github\n  admins: [root]\n  allow: {{groups: [lab]}}\n"
        "access: {domain: hub.example.org, hosted_zone: example.org}\n"
    ),
    "keycloak": (
        f"{_OAUTH}  provider: keycloak\n  issuer: https://login.example.org/realms/main\n"
        "  admins: [root]\n  allow: {groups: [students]}\n"
        "access: {domain: hub.example.org, hosted_zone: example.org}\n"
    ),
}
OPTIONS = {
    "school": ("--unavailable", "rare", "--as", "alice", "--as", "mia:ml", "--as", "ben:users"),
    "culled": ("--cull-after", "5s"),
    "github": ("--as", "root", "--as", "mia:lab,ml", "--as", "ben:lab", "--as", "eve"),
    "keycloak": ("--as", "root", "--as", "mia:students,ml", "--as", "eve"),
}
