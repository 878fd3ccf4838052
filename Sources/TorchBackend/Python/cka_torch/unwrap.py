"""Takes off what only surrounds a network: its names, and how it runs, are of what is inside."""

from __future__ import annotations

import importlib
import os
import sys

import torch
from torch import nn

# Components that such wrappers put into the names of weights.
COMPONENTS = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")


def unwrapped(module: nn.Module) -> nn.Module:
    """The network inside DataParallel, DistributedDataParallel, torch.compile and AveragedModel.

    Also of its parts, which are put in the place of what surrounded them. What torch.compile made
    of a module in its place is undone: a compiled graph calls no hooks, and one with
    `fullgraph=True` cannot even be run with them.
    """
    module = _inner(module)
    for parent in list(module.modules()):
        if "_compiled_call_impl" in vars(parent):
            parent._compiled_call_impl = None
        for name, child in list(parent.named_children()):
            inner = _inner(child)
            if inner is not child:
                parent._modules[name] = inner
    return module


def run_eagerly() -> None:
    """Makes torch.compile do nothing from now on: functions in a network may be compiled too.

    What compiles is slow to import, and looks at these variables when somebody needs it.
    """
    for name in ("TORCH_COMPILE_DISABLE", "TORCHDYNAMO_DISABLE"):
        os.environ[name] = "1"
    if "torch._dynamo" not in sys.modules:
        return
    stance = getattr(getattr(torch, "compiler", None), "set_stance", None)
    if stance is not None:
        stance("force_eager")
    else:  # Before torch 2.6.
        importlib.import_module("torch._dynamo").config.disable = True


def _inner(module: nn.Module) -> nn.Module:
    while True:
        inner = _content(module)
        if inner is None:
            return module
        module = inner


def _content(module: nn.Module) -> nn.Module | None:
    wrappers = (
        nn.DataParallel,
        nn.parallel.DistributedDataParallel,
        torch.optim.swa_utils.AveragedModel,
    )
    if isinstance(module, wrappers):
        inner = module.module
    else:
        # torch._dynamo is slow to import; whoever compiled something has imported it.
        inner = vars(module).get("_modules", {}).get("_orig_mod")
    return inner if isinstance(inner, nn.Module) else None
