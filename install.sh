#!/usr/bin/env bash
# Sets up .venv in this checkout, finds or brings Terraform, then runs `jhub deploy "$@"`.
# Without arguments and without AWS credentials: the quickstart, on the embedded AWS.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

for python in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
  if [ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    "$python" "$root/jupyterhub_eks/tools/environment.py" --editable "$root/.venv" "$root/requirements/run.txt"
    exec "$root/.venv/bin/python" -m jupyterhub_eks.cli.bootstrap "$@"
  fi
done
echo "error: Python 3.11 or newer is needed and none was found on PATH" >&2
echo "  do:    install one (Debian, Ubuntu: apt install python3 python3-venv) or set PYTHON to it" >&2
exit 5
