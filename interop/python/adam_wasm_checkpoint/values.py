"""Options of groups and counts of steps, as torch has them and as the file has them."""

import math
from typing import Any

import torch
from torch import Tensor

from .errors import CheckpointError, listed
from .rules import Rule

IMPLEMENTATION = ("foreach", "fused", "capturable", "differentiable")
"""How torch computes, and not what: the optimizer keeps its own."""

SCHEDULED = ("initial_lr", "max_lr", "min_lr", "max_momentum", "base_momentum", "swa_lr")
"""What schedulers write into groups."""

ONLY_HERE = ("exact", "epsilon_hat")
"""Options that only adam-wasm has; torch carries them along."""

LAST_FLOAT32_STEP = 2**24
"""From there on float32 cannot count."""


def plain_number(value: Any) -> float | int:
    """A number, or what is in a tensor of one element."""
    number = value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        found = f"a tensor of {value.numel()} elements" if isinstance(number, Tensor) else repr(number)
        raise CheckpointError(f"the state in the file has {found} where a number should be")
    return number


def step_tensor(value: Any) -> Tensor:
    """A count of steps: float32 while that can count."""
    number = plain_number(value)
    if number < 0 or number != int(number):
        raise CheckpointError(f"a step must be an integer from 0 up, got {number!r}")
    return torch.tensor(float(number), dtype=torch.float32 if number < LAST_FLOAT32_STEP else torch.float64)


def number_tensor(value: Any) -> Tensor:
    """Another number of a state, which files keep as float64."""
    return torch.tensor(plain_number(value), dtype=torch.float64)


def scalar_dtype() -> torch.dtype:
    """The dtype in which torch computes such a number."""
    return torch.float64 if torch.get_default_dtype() is torch.float64 else torch.float32


def group_from(saved: dict[str, Any], own: dict[str, Any], rule: Rule, what: str) -> dict[str, Any]:
    """Options of a group for torch, without `params`: the file's, except names and how to compute."""
    keep = ("params", "param_names", *IMPLEMENTATION)
    options = {key: value for key, value in own.items() if key != "params"}
    for key, value in saved.items():
        if key in keep:
            continue
        if key in own:
            options[key] = _like(own[key], value, f"{key} of {what}")
        elif key in SCHEDULED or key in ONLY_HERE or key == "name":
            options[key] = value
        else:
            raise CheckpointError(f"{what} of the file has the option {key!r}, which {rule.name} does not know")
    if missing := [key for key in rule.options if key not in saved]:
        raise CheckpointError(f"{what} of the file has no {listed(missing)}, so it is not one of {rule.name}")
    if rule.decouples and options.get("decoupled_weight_decay") is False:
        raise CheckpointError(f"{what} of the file is one of Adam, whose decay is not decoupled as that of {rule.name}")
    return options


def group_to(group: dict[str, Any], what: str) -> dict[str, Any]:
    """Options of a group for the file, of a state dict."""
    return {key: _plain(value, f"{key} of {what}") for key, value in group.items()}


def _like(own: Any, value: Any, what: str) -> Any:
    """A value of the file as the optimizer has its own: of the same kind, a tuple, a tensor."""
    if isinstance(own, tuple) and isinstance(value, list) and len(value) == len(own):
        return tuple(_like(each, item, what) for each, item in zip(own, value, strict=True))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(own, Tensor) and is_number:
        return torch.full_like(own, value)
    if isinstance(own, bool) and isinstance(value, bool):
        return value
    if isinstance(own, int | float) and not isinstance(own, bool) and is_number:
        return float(value) if isinstance(own, float) else value
    if own is None or type(own) is type(value):
        return value
    raise CheckpointError(f"{what} is {value!r} in the file, and {own!r} here")


def _plain(value: Any, what: str) -> Any:
    """A value of a group as JSON has it."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return value.item()
    if isinstance(value, list | tuple):
        return [_plain(each, what) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise CheckpointError(f"{what} is {value!r}, which no file can hold")
