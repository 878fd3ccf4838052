"""Experiment 1 by torch_cka 0.21, for docs/coming-from-torch_cka.md: `python torch_cka_depth.py`.

ResNet18 and ResNet34 on the 512 test digits, minibatches of 128; what torch_cka exports is pickled.
"""

import pickle
import time
from pathlib import Path

import torch
from data import digits
from networks import resnet
from torch.utils.data import DataLoader
from torch_cka import CKA

FOLDER = Path(__file__).parent
OUTPUT = FOLDER.parent / "SampleData" / "5-experiments" / "torch_cka_resnet18_vs_resnet34.pkl"


def trained(depth: int) -> torch.nn.Module:
    """A ResNet of experiment 1."""
    network = resnet(depth)
    path = FOLDER / "checkpoints" / f"resnet{depth}.pt"
    network.load_state_dict(torch.load(path, weights_only=True))
    return network


def main() -> None:
    loader = DataLoader(digits(size=32), batch_size=128)
    cka = CKA(trained(18), trained(34), model1_name="ResNet18", model2_name="ResNet34")
    begin = time.perf_counter()
    with torch.no_grad():
        cka.compare(loader)
    print(f"{time.perf_counter() - begin:.1f} s")
    with OUTPUT.open("wb") as file:
        pickle.dump(cka.export(), file, protocol=5)


if __name__ == "__main__":
    main()
