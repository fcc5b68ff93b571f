"""Proof, before anything is deployed, that servers of a profile can start.

What Karpenter and the scheduler will decide is worked out from the very objects that are
deployed: the requirements of a pool, the resources that a profile asks for, and what is
known of EC2's machines.
"""
