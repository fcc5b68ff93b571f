"""The process of the embedded AWS: ``ministack`` behind a layer that fills its gaps.

Started by :mod:`jupyterhub_eks.local.supervisor` as
``python -m jupyterhub_eks.local.emulator``; nothing else imports ``ministack``.
"""
