"""The tensors of a model: `model.<name>` in the file."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.parameter import is_lazy

from .errors import CheckpointError, listed
from .file import Parts

PREFIX = "model."


def tensors_of(model: Module | Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Parameters and buffers by name; they are written in place."""
    tensors = dict(model.state_dict() if isinstance(model, Module) else model)
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor) or is_lazy(tensor):
            raise CheckpointError(f"{name!r} of the model is no tensor with values, but {type(tensor).__name__}")
        if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_quantized or tensor.is_meta:
            raise CheckpointError(f"model tensor {name!r} is sparse, nested, quantized or meta, which no file can hold")
    return tensors


def plan_model(parts: Parts, model: Module | Mapping[str, Tensor]) -> Callable[[], None]:
    """Checks that the file has these tensors, and returns what copies them."""
    own, saved = tensors_of(model), parts.under(PREFIX)
    if missing := [name for name in own if name not in saved]:
        raise CheckpointError(f"the file has no model tensor {listed(missing)}; it has {listed(saved) or 'none'}")
    if unexpected := [name for name in saved if name not in own]:
        raise CheckpointError(f"the file has the model tensor {listed(unexpected)}, which is not in this model")
    for name, tensor in own.items():
        check_like(f"model tensor {name!r}", saved[name], tensor)

    def commit() -> None:
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(saved[name])

    return commit


def saved_model(parts: Parts, model: Module | Mapping[str, Tensor]) -> None:
    """Adds the tensors of a model."""
    parts.tensors |= {f"{PREFIX}{name}": tensor for name, tensor in tensors_of(model).items()}
    parts.rest["model"] = {}


def check_like(what: str, saved: Tensor, own: Tensor) -> None:
    """Raises CheckpointError unless shape and dtype are equal."""
    if saved.shape != own.shape or saved.dtype != own.dtype:
        there, here = (f"{tensor.dtype} {list(tensor.shape)}" for tensor in (saved, own))
        raise CheckpointError(f"{what} is {there} in the file, expected {here}".replace("torch.", ""))
