"""Profile lists that others wrote for KubeSpawner: read, judged, and carried over.

Pure, apart from reading the files that are named. What is said of a list is drawn from the list
itself, from node pools that are given beside it, and from what is known of EC2's machines.
"""
