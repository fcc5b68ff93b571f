"""``python -m jupyterhub_eks`` is the same program as the ``jhub`` console script."""

from jupyterhub_eks.cli.app import main

if __name__ == "__main__":
    main()
