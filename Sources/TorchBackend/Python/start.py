"""Starts `cka_torch` from this folder: what lies in the working folder is not imported.

`python -m cka_torch` does the same by hand, but Python then looks into the working folder first.
"""

from cka_torch.__main__ import start

if __name__ == "__main__":
    start()
