"""Runs of torch's that go on here: told which half, and in which folder.

runs.py begin FOLDER    each run of FOLDER/runs.json trains to `begin`; its checkpoint is <index>-torch
runs.py end FOLDER      goes on from <index>-here to `end`; result.json is how far that is from torch alone
"""

import json
import pathlib
import sys
import warnings

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "python"))

from adam_wasm_checkpoint import load, save  # noqa: E402

torch.set_num_threads(1)
warnings.filterwarnings("ignore", message="Sparse invariant checks")


def numbers(seed, shape, dtype):
    """Numbers of a parameter, or of a gradient: exact in float32, and the same in here.mjs."""
    count = torch.Size(shape).numel()
    return ((torch.arange(count) * 7919 + seed * 104729) % 2003 - 1001).to(dtype).div(1024).reshape(shape)


def gradient(run, step, index, param):
    """None in some steps, so that counts differ."""
    if index == 1 and step % 3 == 0:
        return None
    grad = numbers(step + 100 * (index + 1), param.shape, param.dtype)
    if run["optimizer"] != "SparseAdam":
        return grad
    rows = sorted({step * 5 % len(param), (step * 7 + 1) % len(param)})
    return torch.sparse_coo_tensor([rows], grad[rows], param.shape)


class Trainer:
    """A model that is no more than its parameters, with optimizer and scheduler."""

    def __init__(self, run, backwards=False):
        self.run, shapes = run, run["shapes"]
        dtype = getattr(torch, run.get("dtype", "float32"))
        self.params = {
            name: torch.nn.Parameter(numbers(index, shape, dtype)) for index, (name, shape) in enumerate(shapes.items())
        }
        groups = [
            {"params": [(name, self.params[name]) for name in names[:: -1 if backwards else 1]], **options}
            for names, options in run.get("groups", [[list(shapes), {}]])
        ]
        options = run.get("options", {}) | run.get("torch", {})
        self.optimizer = getattr(torch.optim, run["optimizer"])(groups, **options)
        name, options = run.get("scheduler", [None, {}])
        self.scheduler = name and getattr(torch.optim.lr_scheduler, name)(self.optimizer, **options)

    def train(self, first, last):
        for step in range(first, last + 1):
            for index, param in enumerate(self.params.values()):
                param.grad = gradient(self.run, step, index, param)
            self.optimizer.step()
            if self.scheduler:
                self.scheduler.step()
        return self

    def parts(self):
        return {"model": self.params, "optimizer": self.optimizer, "scheduler": self.scheduler}

    def values(self):
        """All numbers by name, in float64."""
        yield from self.params.items()
        for name, param in self.params.items():
            for key, value in sorted(self.optimizer.state[param].items()):
                yield f"{name} {key}", torch.as_tensor(value)
        for group in self.optimizer.param_groups:
            yield "lr", torch.tensor([group["lr"], *group.get("betas", [])], dtype=torch.float64)


def compare(found, expected):
    """The largest difference, and how many of all values have the same bits."""
    largest, equal, count = 0.0, 0, 0
    for (name, a), (other, b) in zip(found.values(), expected.values(), strict=True):
        if name != other or a.shape != b.shape:
            raise ValueError(f"{name} {list(a.shape)} is not {other} {list(b.shape)}")
        difference = (a.double() - b.double()).abs()
        largest = max(largest, difference.max().item())
        equal += (difference == 0).sum().item()
        count += difference.numel()
    return {"largest": largest, "equal": equal, "count": count}


def main():
    half, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    plan = json.loads((folder / "runs.json").read_text())
    results = []
    for index, run in enumerate(plan["runs"]):
        trainer = Trainer(run, backwards=half == "end" and run.get("backwards", False))
        if half == "begin":
            trainer.train(1, plan["begin"])
            save(folder / f"{index}-torch.safetensors", **trainer.parts(), steps=plan["begin"])
            continue
        steps = load(folder / f"{index}-here.safetensors", **trainer.parts())["steps"]
        trainer.train(steps + 1, plan["end"])
        results.append(compare(trainer, Trainer(run).train(1, plan["end"])))
    (folder / "result.json").write_text(json.dumps(results))


main()
