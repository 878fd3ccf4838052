"""The torch backend of cka: runs PyTorch networks and sends Gram matrices of their layers.

Run as `python -m cka_torch run MODEL… --data DATA`. What goes down the pipe is described in
docs/backend.md, what users may ask for in docs/torch.md. Everything statistical happens elsewhere.
"""
