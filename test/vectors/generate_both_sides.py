"""The checkpoint of adam_wasm_checkpoint (interop/python) that this package has to read.

    ATEN_CPU_CAPABILITY=default PYTHONPATH=interop/python python test/vectors/generate_both_sides.py OUTDIR

Written with torch 2.13.0 and safetensors 0.8.0. test/support/both-sides.mjs is its twin.
"""

import math
import pathlib
import sys

import torch
from adam_wasm_checkpoint import save

STEPS = 5


def gradient(step, shape):
    """Exact in float32, and different in every element and step."""
    count = torch.Size(shape).numel()
    return (((7 * torch.arange(count) + 3 * step) % 11 - 5).float() / 8).reshape(shape)


def start():
    """What is trained, before its first step."""
    model = {
        "layer.weight": torch.nn.Parameter(torch.tensor([[1.0, -2.0, 3.0], [0.5, -0.25, 0.0]])),
        "layer.bias": torch.nn.Parameter(torch.tensor([1.5, -1.0])),
    }
    weight, bias = model.items()
    groups = [{"params": [weight], "lr": 0.02, "weight_decay": 0.1}, {"params": [bias]}]
    optimizer = torch.optim.AdamW(groups, amsgrad=True, fused=True)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3, 0.5)
    return {"model": model, "optimizer": optimizer, "scheduler": scheduler}


def trained():
    """The same after the last step."""
    parts = start()
    for step in range(1, STEPS + 1):
        for param in parts["model"].values():
            param.grad = gradient(step, param.shape)
        parts["optimizer"].step()
        parts["scheduler"].step()
    return parts


def write(folder):
    save(folder / "both-sides-python.safetensors", **trained(), epoch=STEPS, losses=[0.5, -0.0, math.inf, math.nan])


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
