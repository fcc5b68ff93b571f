#!/usr/bin/env bash
# Removes one deployment, as `jhub destroy "$@"` does, and names the others of this folder.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
if [ ! -x "$root/.venv/bin/jhub" ]; then
  echo "error: there is no .venv in this checkout, so nothing was deployed from it" >&2
  echo "  do:    run ./install.sh first" >&2
  exit 5
fi
exec "$root/.venv/bin/jhub" destroy "$@"
