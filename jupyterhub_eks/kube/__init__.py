"""The Kubernetes API behind ``cluster_port``; imported only by commands that reach a cluster."""
