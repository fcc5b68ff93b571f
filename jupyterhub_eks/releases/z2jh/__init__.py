"""Values of Zero to JupyterHub 4.4.0, made of the configuration. Pure.

Laid over ``helm_values/jupyterhub.yaml`` in the order of ``values.jupyterhub_values``;
the user's ``hub_values`` come last.
"""
