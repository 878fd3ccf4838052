"""Imported once, before the processes of tests are forked from it: it takes seconds each time."""

import support
from cka_torch.libraries import need

MODULES = [support, *(need(name, "a test") for name in ("torchvision", "sklearn.datasets"))]
