"""State of a learning-rate scheduler: plain values under `scheduler`."""

from collections import Counter
from collections.abc import Callable
from copy import copy
from typing import Any

from torch import Tensor
from torch.optim.lr_scheduler import ChainedScheduler, LRScheduler, ReduceLROnPlateau, SequentialLR

from .errors import CheckpointError
from .file import Parts

# torch writes these and asks for none of them; adam-wasm has no use for them.
ONLY_TORCH = ("_is_initial", "_get_lr_called_within_step")

OBJECTS = ("lr_lambdas", "_scale_fn_custom")
"""What is called: torch keeps the attributes of objects, and None for functions."""

GROWING = ("_last_lr", "min_lrs")
"""One for each group, of which some may have come later."""


def plan_scheduler(parts: Parts, scheduler: LRScheduler) -> Callable[[], None]:
    """Checks that the file has the state of such a scheduler, and returns what loads it."""
    state = _fitting(parts.rest.get("scheduler"), scheduler)
    return lambda: scheduler.load_state_dict(state)


def saved_scheduler(parts: Parts, scheduler: LRScheduler) -> None:
    """Adds the state of a scheduler."""
    parts.rest["scheduler"] = _numbers(scheduler.state_dict())


def _numbers(value: Any) -> Any:
    """The same without tensors: where the optimizer keeps its learning rate in one, the scheduler has more of them."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return value.item()
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    return [_numbers(each) for each in value] if isinstance(value, list | tuple) else value


def _fitting(saved: Any, scheduler: LRScheduler) -> dict[str, Any]:
    """The state in the file as torch has it, if it is one of such a scheduler and of such parts."""
    name, own = type(scheduler).__name__, scheduler.state_dict()
    if not isinstance(saved, dict):
        raise CheckpointError(f"the file has no state of a scheduler for {name}")
    for key in own:
        if key not in saved and key not in ONLY_TORCH:
            raise CheckpointError(f"the state of the scheduler in the file has no {key!r}, so it is not one of {name}")
    for key in saved:
        if key not in own and key not in ONLY_TORCH:
            raise CheckpointError(f"the state of the scheduler in the file has {key!r}, so it is not one of {name}")
    rates = saved.get("base_lrs", [])
    if not isinstance(rates, list) or len(rates) != len(own.get("base_lrs", [])):
        raise CheckpointError(f"{name} in the file is that of an optimizer with another number of groups")
    # What schedulers of others keep is theirs.
    for key in own if type(scheduler).__module__.startswith("torch.") else ():
        if key in saved and key not in ONLY_TORCH and not _fits(key, own[key], saved[key]):
            raise CheckpointError(f"{key} of {name} is {saved[key]!r} in the file, and {own[key]!r} here")
    state = {key: _counter(value) if isinstance(own.get(key), Counter) else value for key, value in saved.items()}
    if isinstance(scheduler, ChainedScheduler | SequentialLR):
        inner = saved["_schedulers"]
        if not isinstance(inner, list) or len(inner) != len(scheduler._schedulers):
            raise CheckpointError(f"{name} in the file is one of another number of schedulers")
        state["_schedulers"] = [_fitting(*each) for each in zip(inner, scheduler._schedulers, strict=True)]
    if type(scheduler) is ReduceLROnPlateau:
        # It refuses words when it loads, and other parts would be loaded by then: a copy does so now.
        try:
            copy(scheduler).load_state_dict(state)
        except ValueError as error:
            raise CheckpointError(f"{name} in the file has a wrong option: {error}") from error
    return state


def _fits(key: str, own: Any, value: Any) -> bool:
    """Whether a value of the file is of the kind that the scheduler has under this key."""
    if key in OBJECTS:
        owns, values = (each if isinstance(each, list) else [each] for each in (own, value))
        if isinstance(own, list) != isinstance(value, list) or len(owns) != len(values):
            return False
        return all(b is None or isinstance(a, dict) and isinstance(b, dict) for a, b in zip(owns, values, strict=True))
    if key == "default_min_lr":
        return value is None or _is_like(0, value)
    if key == "_schedule_phases":
        # Two, or three.
        return isinstance(value, list) and len(value) > 0 and all(_is_like(own[0], phase) for phase in value)
    if key in GROWING and isinstance(own, list) and isinstance(value, list):
        return all(_is_like(0, each) for each in value)
    return isinstance(own, Counter) or key == "_schedulers" or _is_like(own, value)


def _is_like(own: Any, value: Any) -> bool:
    if isinstance(own, dict):
        return isinstance(value, dict) and own.keys() == value.keys() and all(_is_like(own[k], value[k]) for k in own)
    if isinstance(own, list | tuple):
        return isinstance(value, list) and len(value) == len(own) and all(map(_is_like, own, value))
    if isinstance(own, str | bool) or own is None:
        return type(value) is type(own)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _counter(value: Any) -> "Counter[int]":
    """Milestones: JSON has strings as keys."""
    try:
        return Counter({int(key): int(times) for key, times in value.items()})
    except (AttributeError, TypeError, ValueError):
        raise CheckpointError(f"milestones in the file must be counts by epoch, got {value!r}") from None
