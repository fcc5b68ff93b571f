"""Deployer of JupyterHub on Amazon EKS.

Nothing is imported here: ``jhub --help`` loads this package and must stay fast.
"""

__version__ = "0.1.0"
