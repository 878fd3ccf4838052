"""Starts `cka_torch` from this folder: what lies in the working folder is not imported.

`python -m cka_torch` does the same by hand, but Python then looks into the working folder first.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Python adds it by itself, unless PYTHONSAFEPATH is set.
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from cka_torch.__main__ import start  # noqa: E402

if __name__ == "__main__":
    start()
