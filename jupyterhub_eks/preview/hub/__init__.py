"""What runs inside the previewed hub, in an environment of its own with JupyterHub.

Nothing of it imports the rest of the project but ``preview.document``.
"""
