"""Forward hooks: what every module returns, call by call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from typing_extensions import Self

# The network itself has no name among its modules.
ROOT = "(model)"

Receiver = Callable[[str, str, torch.nn.Module, Any], None]


def kind(module: torch.nn.Module) -> str:
    """The name of the module's class, also of one in TorchScript."""
    return str(getattr(module, "original_name", type(module).__name__))


class Hooks:
    """Tells `receive` of every call, in execution order.

    It is given the module's name, the call's name, the module and the output. The second call of
    a module in one forward pass is called `name#2`. The receiver has to do
    with the output what it wants before it returns: the next module may overwrite it.

    - `only`: names of the modules to look at; all by default.
    """

    def __init__(
        self, model: torch.nn.Module, receive: Receiver, only: set[str] | None = None
    ) -> None:
        self._calls: Counter[str] = Counter()
        self._receive = receive
        self._handles: list[Any] = []
        try:
            for path, module in model.named_modules():
                name = path or ROOT
                if only is not None and name not in only:
                    continue
                self._handles.append(module.register_forward_hook(self._hook(name)))
        except BaseException:
            self.remove()
            raise

    def begin(self) -> None:
        """Begins counting calls for a new forward pass."""
        self._calls.clear()

    def remove(self) -> None:
        """Takes all hooks off the model."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _hook(self, name: str) -> Callable[[torch.nn.Module, Any, Any], None]:
        def hook(module: torch.nn.Module, _: Any, output: Any) -> None:
            self._calls[name] += 1
            count = self._calls[name]
            call = name if count == 1 else f"{name}#{count}"
            # A model may run in inference mode: what is kept here has to outlive that.
            with torch.inference_mode(False), torch.no_grad():
                self._receive(name, call, module, output)

        return hook


@contextmanager
def evaluating(model: torch.nn.Module) -> Iterator[None]:
    """Puts the model in evaluation mode, without gradients; every module's own mode comes back.

    Torch's shortcut for transformers is off meanwhile: it packs tokens without their padding, and
    passes over modules.
    """
    modes = [(module, module.training) for module in model.modules()]
    # Before torch 2.2 it cannot be switched, and looks for hooks by itself.
    shortcut = getattr(torch.backends, "mha", None)
    is_short = shortcut is not None and shortcut.get_fastpath_enabled()
    model.eval()
    if shortcut is not None:
        shortcut.set_fastpath_enabled(False)
    try:
        with torch.no_grad():
            yield
    finally:
        if shortcut is not None:
            shortcut.set_fastpath_enabled(is_short)
        for module, mode in modes:
            module.training = mode


@contextmanager
def random_state_kept(devices: list[torch.device]) -> Iterator[None]:
    """Sets the random generators of torch back to where they were."""
    indices = [d.index or 0 for d in devices if d.type == "cuda"]
    with torch.random.fork_rng(devices=indices):
        yield


def random_states(device: torch.device) -> list[torch.Tensor]:
    """Where the random generators of torch are."""
    states = [torch.get_rng_state()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device))
    return states
