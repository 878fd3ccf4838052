"""CKA of the language models in texts.py in float64, by plain hooks and numpy alone, as JSON.

    python token_reference.py mean|each|flatten BATCH WIDTH WIDTH

Rows are layers of the first model, columns of the second: {"h.0.attn.c_attn": {"…": 0.8}, …}.
"""

import json
import sys
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).parents[3] / "Sources/TorchBackend/Python"))

from cka_torch.libraries import need

# Beside a torch that its torchvision does not fit, a plain import of it stops half-way.
need("transformers", "the reference")

from texts import gpt, texts  # noqa: E402

LAYERS = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.act", "mlp.c_proj", "ln_1")
NAMES = [f"h.{block}.{layer}" for block in (0, 1) for layer in LAYERS]


def outputs(width):
    torch.manual_seed(0)
    model = gpt(width).double().eval()
    kept = {}
    for name in NAMES:

        def keep(_module, _input, output, name=name):
            kept[name] = output.numpy()

        model.get_submodule(name).register_forward_hook(keep)
    with torch.no_grad():
        model(**texts())
    return kept


def rows(x, mask, tokens):
    if tokens == "mean":
        return numpy.stack([text[m].mean(0) for text, m in zip(x, mask, strict=True)])
    if tokens == "each":
        return x[mask]
    return x.reshape(len(x), -1)


def hsic(k, m):
    """Equation 3 of Nguyen, Raghu and Kornblith (2021), times n(n - 3)."""
    n = len(k)
    k, m = k - numpy.diag(numpy.diag(k)), m - numpy.diag(numpy.diag(m))
    second = k.sum() * m.sum() / ((n - 1) * (n - 2))
    return (k * m).sum() + second - 2 / (n - 2) * k.sum(0) @ m.sum(0)


def main(tokens, size, *widths):
    mask = texts()["attention_mask"].bool().numpy()
    starts = range(0, len(mask), int(size))
    grams = []
    for width in widths:
        found = {}
        for name, x in outputs(int(width)).items():
            parts = [rows(x[s : s + int(size)], mask[s : s + int(size)], tokens) for s in starts]
            found[name] = [(p - p.mean(0)) @ (p - p.mean(0)).T for p in parts]
        grams.append(found)

    def total(first, second):
        # Weighted by n(n - 3), as cka does where minibatches differ in size.
        return sum(hsic(k, m) for k, m in zip(first, second, strict=True))

    values = {
        row: {
            column: total(k, m) / numpy.sqrt(total(k, k) * total(m, m))
            for column, m in grams[1].items()
        }
        for row, k in grams[0].items()
    }
    print(json.dumps(values))


main(*sys.argv[1:])
