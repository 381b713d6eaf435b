"""Checkpoints of adam-wasm in PyTorch, and of PyTorch in adam-wasm: one safetensors file, matched by parameter name.

    model, optimizer = build()                              # torch.optim.AdamW(model.named_parameters(), fused=True)
    rest = load("run.safetensors", model=model, optimizer=optimizer)
    ...                                                     # train
    save("run.safetensors", model=model, optimizer=optimizer, epoch=rest["epoch"] + 1)

`load` checks everything before it writes anything; what does not fit is a CheckpointError with one sentence.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.nn import Module
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from .errors import CheckpointError
from .file import Parts, Path, read, write
from .model import plan_model, saved_model
from .optimizer import plan_optimizer, saved_optimizer
from .scheduler import plan_scheduler, saved_scheduler

__all__ = [
    "CheckpointError",
    "load",
    "load_model",
    "load_optimizer",
    "save",
    "save_model",
    "save_optimizer",
]

Model = Module | Mapping[str, Tensor]


def load(
    path: Path,
    *,
    model: Model | None = None,
    optimizer: Optimizer | None = None,
    scheduler: LRScheduler | None = None,
    by_position: bool = False,
    allow_epsilon_hat: bool = False,
) -> dict[str, Any]:
    """Restores what is given, if all of it fits, and returns the other plain values of the file (`epoch`, ...).

    Parameters are matched by the names that the optimizer was built with, else by those of `model`. `by_position`
    matches them in order instead, for files without names. `allow_epsilon_hat` loads state of the rule of 2017, which
    torch does not have and goes on from with its own. Raises CheckpointError.
    """
    parts = read(path)
    plans = []
    if model is not None:
        plans.append(plan_model(parts, model))
    if optimizer is not None:
        plans.append(plan_optimizer(parts, optimizer, _named(model), by_position, allow_epsilon_hat))
    if scheduler is not None:
        plans.append(plan_scheduler(parts, scheduler))
    for commit in plans:
        commit()
    return {key: value for key, value in parts.rest.items() if key not in ("model", "optimizer", "scheduler")}


def save(
    path: Path,
    *,
    model: Model | None = None,
    optimizer: Optimizer | None = None,
    scheduler: LRScheduler | None = None,
    by_position: bool = False,
    **values: Any,
) -> None:
    """Writes a file that `load` of adam-wasm/checkpoint reads, whole or not at all.

    `values` are what JSON holds: numbers, but no integers that JavaScript would round, strings, booleans, None, lists
    and dicts. `by_position` saves an optimizer without names. Raises CheckpointError.
    """
    parts = Parts({}, dict(values))
    if model is not None:
        saved_model(parts, model)
    if optimizer is not None:
        saved_optimizer(parts, optimizer, _named(model), by_position)
    if scheduler is not None:
        saved_scheduler(parts, scheduler)
    write(path, parts)


def load_optimizer(
    path: Path,
    optimizer: Optimizer,
    *,
    model: Module | None = None,
    by_position: bool = False,
    allow_epsilon_hat: bool = False,
) -> None:
    """Restores an optimizer and nothing else; `model` only gives names. Raises CheckpointError."""
    plan_optimizer(read(path), optimizer, _named(model), by_position, allow_epsilon_hat)()


def save_optimizer(optimizer: Optimizer, path: Path, *, model: Module | None = None, by_position: bool = False) -> None:
    """Writes a file with an optimizer and nothing else; `model` only gives names. Raises CheckpointError."""
    parts = Parts({}, {})
    saved_optimizer(parts, optimizer, _named(model), by_position)
    write(path, parts)


def load_model(path: Path, model: Model) -> None:
    """Restores the tensors of a model, a Module or a dict of tensors, and nothing else. Raises CheckpointError."""
    plan_model(read(path), model)()


def save_model(model: Model, path: Path) -> None:
    """Writes a file with the tensors of a model and nothing else. Raises CheckpointError."""
    save(path, model=model)


def _named(model: Model | None) -> Mapping[str, Tensor] | None:
    return dict(model.named_parameters()) if isinstance(model, Module) else model
