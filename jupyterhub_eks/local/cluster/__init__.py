"""A Kubernetes control plane on this machine, built from released Go modules.

Real etcd, kube-apiserver, kube-controller-manager and kube-scheduler; kwok stands in for
kubelets, so pods are scheduled and reported as running, but no container ever runs.
"""
