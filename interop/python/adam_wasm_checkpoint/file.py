"""A checkpoint as a file: tensors by name, and all else as JSON under `checkpoint` in the metadata."""

import json
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from .errors import CheckpointError

VERSION = "1"
NEVER = (torch.complex32, torch.complex128)
"""What safetensors has no name for."""

Path = str | os.PathLike[str]


@dataclass
class Parts:
    """Tensors on the CPU by their whole names (`model.weight`), and the plain values."""

    tensors: dict[str, torch.Tensor]
    rest: dict[str, Any]

    def under(self, prefix: str) -> dict[str, torch.Tensor]:
        """The tensors whose names begin so, without that."""
        return {name[len(prefix) :]: tensor for name, tensor in self.tensors.items() if name.startswith(prefix)}


def read(path: Path) -> Parts:
    """Reads a file of adam-wasm; raises CheckpointError for any other, and OSError if there is none."""
    try:
        with safe_open(os.fspath(path), "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        version = metadata.get("checkpoint_version", VERSION)
        rest = _parse(metadata.get("checkpoint", "{}"))
    except (SafetensorError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is no checkpoint: {error}") from error
    if version != VERSION:
        raise CheckpointError(f"{path} has version {version!r}, this reader knows {VERSION!r}")
    if not isinstance(rest, dict):
        raise CheckpointError(f"{path} is no checkpoint: its text is no object")
    return Parts(tensors, rest)


def write(path: Path, parts: Parts) -> None:
    """Writes a file under another name, which then takes the place of the old one."""
    try:
        text = json.dumps(parts.rest, ensure_ascii=False, separators=(",", ":"))
        # What no reader takes: 1 and "1" are the same key as text, and JavaScript rounds large integers.
        _parse(text, _exact)
        # Half of a surrogate pair is in no UTF-8.
        "".join((text, *parts.tensors)).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"a checkpoint cannot hold these values: {error}") from error
    for name, tensor in parts.tensors.items():
        if tensor.dtype in NEVER:
            raise CheckpointError(f"tensor {name!r} is {tensor.dtype}, which no file can hold".replace("torch.", ""))
    # Copies: tensors of one storage, as those of flat models and tied weights are, cannot be in one file.
    tensors = {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in parts.tensors.items()
    }
    # A link stays one: the file that it names is replaced.
    path = os.path.realpath(path)
    folder, name = os.path.split(path)
    # Random, as ids of processes are not: in a container each run may have the same, and meet what a dead one has left.
    unfinished = os.path.join(folder, f".{name}.{secrets.token_hex(4)}.unfinished")
    with open(unfinished, "xb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    # Who could not read the old file cannot read the new one.
    with suppress(FileNotFoundError):
        mode &= stat.S_IMODE(os.stat(path).st_mode)
    try:
        save_file(tensors, unfinished, {"checkpoint": text, "checkpoint_version": VERSION, "format": "pt"})
        # It was made anew, for its user alone.
        os.chmod(unfinished, mode)
        with open(unfinished, "r+b") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(unfinished)
        raise


def _parse(text: str, integer: Callable[[str], int] = int) -> Any:
    return json.loads(text, object_pairs_hook=_distinct, parse_int=integer)


def _exact(digits: str) -> int:
    if float(digits) != int(digits):
        raise ValueError(f"JavaScript would round the integer {digits}, which a string can keep")
    return int(digits)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} is there twice")
    return result
