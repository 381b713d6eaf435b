"""Files that PyTorch and safetensors write, and where torch's runs end that go on from them.

    ATEN_CPU_CAPABILITY=default python generate_checkpoints.py OUTDIR

Written with torch 2.13.0 and safetensors 0.8.0.
"""

import json
import pathlib
import struct
import sys
from collections import OrderedDict

import torch
from safetensors.torch import save_file

out = pathlib.Path(sys.argv[1])
torch.set_num_threads(1)

SAVED_AT, END = 5, 12


def gradient(step, shape):
    """Exact in float32, and different in every element and step."""
    count = torch.Size(shape).numel()
    return (((7 * torch.arange(count) + 3 * step) % 11 - 5).float() / 8).reshape(shape)


def start():
    weight = torch.nn.Parameter(torch.tensor([[1.0, -2.0, 3.0], [0.5, -0.25, 0.0]]))
    bias = torch.nn.Parameter(torch.tensor([1.5, -1.0]))
    return OrderedDict([("layer.weight", weight), ("layer.bias", bias)])


def steps(model, optimizer, scheduler, first, last):
    for step in range(first, last + 1):
        for param in model.values():
            param.grad = gradient(step, param.shape)
        optimizer.step()
        scheduler.step()


def hex_of(tensor):
    return [struct.pack(">f", x).hex() for x in tensor.detach().flatten().tolist()]


expected = {"saved_at": SAVED_AT, "end": END, "runs": {}}


def run(name, create, create_scheduler, write):
    model = start()
    optimizer = create(list(model.values()))
    scheduler = create_scheduler(optimizer)
    steps(model, optimizer, scheduler, 1, SAVED_AT)
    write(out / name, model, optimizer, scheduler)
    steps(model, optimizer, scheduler, SAVED_AT + 1, END)
    expected["runs"][name] = {
        "params": {key: hex_of(param) for key, param in model.items()},
        "lr": scheduler.get_last_lr(),
    }


def write_pt(path, model, optimizer, scheduler):
    # What a module's state_dict() is: an OrderedDict with versions in an attribute.
    weights = OrderedDict((key, param.detach()) for key, param in model.items())
    weights._metadata = OrderedDict([("", {"version": 1})])
    checkpoint = {"model": weights, "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "epoch": 5}
    torch.save(checkpoint, path)


def write_safetensors(path, model, optimizer, scheduler):
    saved = optimizer.state_dict()
    tensors = {f"model.{key}": param.detach() for key, param in model.items()}
    for i, state in saved["state"].items():
        tensors |= {f"optimizer.state.{i}.{key}": value for key, value in state.items()}
    rest = {
        "model": {},
        "optimizer": {"state": {i: {} for i in saved["state"]}, "param_groups": saved["param_groups"]},
        "scheduler": scheduler.state_dict(),
        "epoch": 5,
    }
    save_file(tensors, path, {"checkpoint": json.dumps(rest)})


run(
    "torch-adamw.pt",
    lambda params: torch.optim.AdamW(params, lr=0.01, amsgrad=True, fused=True),
    lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, 4),
    write_pt,
)
run(
    "torch-adam.safetensors",
    lambda params: torch.optim.Adam(
        [{"params": params[:1], "lr": 0.02}, {"params": params[1:]}], weight_decay=0.1, fused=True
    ),
    lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
    write_safetensors,
)

grid = torch.arange(12.0).reshape(3, 4)
dtypes = "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 uint16 uint32 uint64 float8_e4m3fn"
torch.save(
    {
        "dtypes": {name: torch.tensor([0, 1, 2]).to(getattr(torch, name)) for name in dtypes.split()},
        "views": {
            "transposed": grid.T,
            "row": grid[1],
            "column": grid[:, 1],
            "corner": grid[1:, 2:],
            "repeated": torch.tensor([5.0]).expand(2, 3),
            "complex": torch.complex(grid, -grid).T[:2, :2],
            "scalar": torch.tensor(7),
            "empty": torch.zeros(0, 3),
        },
        "plain": {
            "none": None,
            "integers": [0, 255, 256, 65536, -1, 2**40, -(2**40), 2**70],
            "floats": [0.5, -0.0, float("inf")],
            "text": "é😀",
            "tuple": (1, (2, 3), ()),
            "bools": [True, False],
            "shape": grid.shape,
            1: "a number as a key",
        },
        "parameter": torch.nn.Parameter(grid[0].clone()),
    },
    out / "torch-values.pt",
)
(out / "checkpoints.json").write_text(json.dumps(expected, indent=1) + "\n")
