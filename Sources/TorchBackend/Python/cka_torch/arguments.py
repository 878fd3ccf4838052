"""The command line of `python -m cka_torch`."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn


class _Parser(argparse.ArgumentParser):
    """Tells a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    root = _Parser(prog="cka_torch", description="Runs PyTorch networks for cka.")
    commands = root.add_subparsers(dest="command", required=True, parser_class=_Parser)
    run = commands.add_parser("run", help="send Gram matrices on standard output")
    describe = commands.add_parser("describe", help="layers, sizes and time, as JSON")
    for command in (run, describe):
        _add_study(command)
        _add_computation(command)
    commands.add_parser("doctor", help="what is installed, as JSON")
    names = commands.add_parser("list", help="names of models, one a line")
    names.add_argument("library", choices=["torchvision", "timm"])
    names.add_argument("prefix", nargs="?", default="")
    return root


def _add_study(command: argparse.ArgumentParser) -> None:
    command.add_argument("models", nargs="+", metavar="MODEL")
    command.add_argument("--data", required=True)
    command.add_argument("--data2", help="run every model on these samples too")
    command.add_argument("--batch-size", type=_count, default=128, metavar="N")
    command.add_argument("--max-batches", type=_count, metavar="N")
    command.add_argument("--layers", default="", metavar="FILTER")
    command.add_argument("--types", default="", metavar="LIST", help="class names: Conv2d,Linear")
    command.add_argument("--pool", choices=["flatten", "mean"], default="flatten")
    command.add_argument("--tokens", choices=["flatten", "mean", "class"], default="flatten")
    command.add_argument("--keep-duplicates", action="store_true")
    command.add_argument("--seed", type=_seed, default=0, metavar="N")


def _add_computation(command: argparse.ArgumentParser) -> None:
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, or a list")
    command.add_argument(
        "--dtype", choices=["float32", "float64", "bfloat16", "float16"], default="float32"
    )
    command.add_argument("--precision", choices=["float32", "float64"], default="float32")
    command.add_argument("--tf32", action="store_true")
    command.add_argument("--chunk", type=_count, metavar="N", help="samples in a forward pass")
    command.add_argument("--threads", type=_count, metavar="N")


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 2³² - 1")
    return value
