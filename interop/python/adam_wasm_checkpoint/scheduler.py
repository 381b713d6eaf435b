"""State of a learning-rate scheduler: plain values under `scheduler`."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.optim.lr_scheduler import ChainedScheduler, LRScheduler, SequentialLR

from .errors import CheckpointError
from .file import Parts

# torch writes these and asks for none of them; adam-wasm has no use for them.
ONLY_TORCH = ("_is_initial", "_get_lr_called_within_step")


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
    state = {key: _counter(value) if isinstance(own.get(key), Counter) else value for key, value in saved.items()}
    if isinstance(scheduler, ChainedScheduler | SequentialLR):
        inner = saved["_schedulers"]
        if not isinstance(inner, list) or len(inner) != len(scheduler._schedulers):
            raise CheckpointError(f"{name} in the file is one of another number of schedulers")
        state["_schedulers"] = [_fitting(*each) for each in zip(inner, scheduler._schedulers, strict=True)]
    return state


def _counter(value: Any) -> "Counter[int]":
    """Milestones: JSON has strings as keys."""
    try:
        return Counter({int(key): int(times) for key, times in value.items()})
    except (AttributeError, TypeError, ValueError):
        raise CheckpointError(f"milestones in the file must be counts by epoch, got {value!r}") from None
