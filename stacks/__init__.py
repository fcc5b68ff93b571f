"""Typed Terraform stacks: typed configuration and upstream outputs in, frozen outputs out.

Importing this package imports no cdktf; its modules do. Only ``jupyterhub_eks.synth``
imports them, after ``jupyterhub_eks.bindings`` has prepared the fast path.
"""
