"""TorchScript networks: their modules take no hooks, so their containers are run from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

# Nodes of a graph that are run here; any other stops a module from being looked into.
_BUILT: dict[str, Callable[..., Any]] = {
    "prim::ListConstruct": lambda *values: list(values),
    "prim::TupleConstruct": lambda *values: tuple(values),
    "prim::NumToTensor": lambda value: torch.tensor(value),
    "prim::device": lambda tensor: tensor.device,
    "prim::dtype": lambda tensor: tensor.dtype,
}
_UNPACKED = ("prim::TupleUnpack", "prim::ListUnpack")


class Script(nn.Module):
    """A TorchScript module that takes hooks, its children's too.

    A container's graph is gone through node by node, and its children are called as modules. One
    whose graph has control flow or calls functions is called as a whole: what is inside it is not
    seen, which `opaque` tells.
    """

    def __init__(self, script: Any) -> None:
        super().__init__()
        self._script = [script]  # In a list, so that it is not taken for a child.
        self.original_name = script.original_name
        self.qualified_name = script._c._type().qualified_name()
        self.opaque: list[str] = []
        self._graph = script.graph if _is_plain(script) else None
        if self._graph is None and any(True for _ in script.children()):
            self.opaque.append("")
            return
        for name, child in script.named_children() if self._graph is not None else ():
            inner = Script(child)
            self.add_module(name, inner)
            self.opaque += [f"{name}.{path}".rstrip(".") for path in inner.opaque]

    def forward(self, *arguments: Any, **named: Any) -> Any:
        """What the script returns."""
        if self._graph is None or not self._modules or named:
            return self._script[0](*arguments, **named)
        values = dict(
            zip((v.debugName() for v in self._graph.inputs()), (self, *arguments), strict=False)
        )
        for node in self._graph.nodes():
            inputs = [values[v.debugName()] for v in node.inputs()]
            outputs = [v.debugName() for v in node.outputs()]
            result = self._run(node, inputs)
            values |= zip(outputs, result if node.kind() in _UNPACKED else [result], strict=False)
        found = [values[v.debugName()] for v in self._graph.outputs()]
        return found[0] if len(found) == 1 else tuple(found)

    def _run(self, node: Any, inputs: list[Any]) -> Any:
        kind = node.kind()
        if kind == "prim::Constant":
            return node.output().toIValue()
        if kind == "prim::GetAttr":
            owner, name = inputs[0], node.s("name")
            if isinstance(owner, Script):
                return owner._modules.get(name) or getattr(owner._script[0], name)
            return getattr(owner, name)
        if kind == "prim::CallMethod":
            return inputs[0](*inputs[1:])
        if kind in _UNPACKED:
            return inputs[0]
        return _BUILT[kind](*inputs) if kind in _BUILT else _operator(node, inputs)

    def train(self, mode: bool = True) -> Script:
        """Sets the script's own mode too, which its graph asks for."""
        self._script[0].train(mode)
        super().train(mode)
        return self

    def _apply(self, function: Any, recurse: bool = True) -> Script:
        self._script[0]._apply(function)
        return self

    def named_parameters(self, *arguments: Any, **named: Any) -> Any:
        """The script's."""
        return self._script[0].named_parameters(*arguments, **named)

    def state_dict(self, *arguments: Any, **named: Any) -> Any:
        """The script's."""
        return self._script[0].state_dict(*arguments, **named)

    def load_state_dict(self, *arguments: Any, **named: Any) -> Any:
        """Into the script."""
        return self._script[0].load_state_dict(*arguments, **named)


def _is_plain(script: Any) -> bool:
    """Whether `forward` has only nodes that are known here."""
    try:
        nodes = list(script.graph.nodes())
    except (AttributeError, RuntimeError):
        return False
    return all(_is_known(node) for node in nodes)


def _is_known(node: Any) -> bool:
    kind = node.kind()
    if kind == "prim::CallMethod":
        return bool(node.s("name") == "forward")
    if kind == "prim::Constant":
        return "Function" not in str(node.output().type().kind())
    known = kind in _BUILT or kind in _UNPACKED or kind == "prim::GetAttr"
    return bool(known or (kind.startswith("aten::") and hasattr(torch.ops.aten, kind[6:])))


def _operator(node: Any, inputs: list[Any]) -> Any:
    """Calls the very overload that the graph names."""
    schema = torch._C.parse_schema(node.schema())
    packet = getattr(torch.ops.aten, node.kind().removeprefix("aten::"))
    operator = getattr(packet, schema.overload_name or "default")
    positional = [v for a, v in zip(schema.arguments, inputs, strict=False) if not a.kwarg_only]
    named = {a.name: v for a, v in zip(schema.arguments, inputs, strict=False) if a.kwarg_only}
    return operator(*positional, **named)
