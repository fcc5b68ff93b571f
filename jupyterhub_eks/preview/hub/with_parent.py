"""Runs a module that ends with its parent: ``python -m …with_parent MODULE [ARGUMENT…]``.

Whoever is killed cannot end what they have started; so it looks itself, on every system.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from typing import Final

_LOOK_SECONDS: Final = 0.5


def end_with_parent() -> None:
    """Ask this process to end once whoever has started it is gone; returns at once."""
    threading.Thread(target=_look, args=(os.getppid(),), daemon=True).start()


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the module, which gets the arguments that are left."""
    end_with_parent()
    # Whatever a shell in the background has made of it: the hub asks by this signal first.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
