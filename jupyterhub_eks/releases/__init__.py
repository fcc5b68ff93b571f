"""What goes into the cluster: Helm releases with their charts and values. Pure.

Everything in the cluster is a Helm release: third-party charts by repository and
version, our own objects by small local charts. So one provider carries all of it, and
nothing has to be planned against an API that does not exist yet.
"""
