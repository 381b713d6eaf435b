"""State of an optimizer: tensors `optimizer.state.<id>.<key>`, groups as plain values under `optimizer`."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from .errors import CheckpointError, listed
from .file import Parts
from .model import check_like
from .rules import Rule, rule_of
from .values import group_from, group_to, number_tensor, scalar_dtype, step_tensor

PREFIX = "optimizer.state."
Names = Mapping[str, Tensor] | None


def names_of(optimizer: Optimizer, named: Names) -> list[list[str]]:
    """Names of the parameters of each group: those it was built with, else those of the model."""
    by_id = {id(param): name for name, param in (named or {}).items()}
    result = []
    for index, group in enumerate(optimizer.param_groups):
        names = group.get("param_names") or [by_id.get(id(param)) for param in group["params"]]
        if None in names:
            raise CheckpointError(
                f"parameter {names.index(None)} of group {index} has no name: "
                "build the optimizer from model.named_parameters(), or give the model"
            )
        result.append(list(names))
    if len(flat := [name for names in result for name in names]) != len(set(flat)):
        raise CheckpointError("two parameters of the optimizer have the same name")
    return result


def plan_optimizer(
    parts: Parts, optimizer: Optimizer, named: Names, by_position: bool, allow_epsilon_hat: bool
) -> Callable[[], None]:
    """Checks that the file has the state of such an optimizer, and returns what loads it."""
    rule = rule_of(optimizer)
    groups, states = _saved(parts)
    if len(groups) != len(optimizer.param_groups):
        raise CheckpointError(f"the file has {len(groups)} groups, the optimizer {len(optimizer.param_groups)}")
    ids = _positions(groups, optimizer) if by_position else _matched(groups, names_of(optimizer, named))
    state: dict[int, dict[str, Any]] = {}
    loaded = []
    count = 0
    for index, (group, own, saved_ids) in enumerate(zip(groups, optimizer.param_groups, ids, strict=True)):
        options = group_from(group, own, rule, f"group {index}")
        if options.get("epsilon_hat") is True and not allow_epsilon_hat:
            raise CheckpointError(
                f"group {index} of the file has epsilonHat, a rule that torch does not have; "
                "if that is known, load with allow_epsilon_hat=True"
            )
        for param, saved_id in zip(own["params"], saved_ids, strict=True):
            if entry := states.get(str(saved_id)):
                state[count] = _state_of(entry, param, rule, options, f"parameter {saved_id}")
            count += 1
        loaded.append(options | {"params": list(range(count - len(saved_ids), count))})
    params = [param for group in optimizer.param_groups for param in group["params"]]

    def commit() -> None:
        optimizer.load_state_dict({"state": dict(state), "param_groups": loaded})
        # torch computes the product of NAdam in float32 for parameters of any dtype, but loads it in theirs.
        for index, entry in state.items():
            if "mu_product" in entry and (own := optimizer.state.get(params[index])):
                own["mu_product"] = entry["mu_product"].to(own["mu_product"].device)

    return commit


def saved_optimizer(parts: Parts, optimizer: Optimizer, named: Names, by_position: bool) -> None:
    """Adds the state of an optimizer."""
    rule = rule_of(optimizer)
    names = None if by_position else names_of(optimizer, named)
    found = optimizer.state_dict()
    rest: dict[str, dict[str, None]] = {}
    for saved_id, entry in found["state"].items():
        rest[str(saved_id)] = {}
        if unknown := [key for key in entry if key not in rule.all_state]:
            raise CheckpointError(f"the state of parameter {saved_id} has {listed(unknown)}, which {rule.name} has not")
        for key, value in entry.items():
            if value is None:
                rest[str(saved_id)][key] = None
            else:
                tensor = step_tensor(value) if key == "step" else number_tensor(value) if key in rule.numbers else value
                # What SGD adds up of sparse gradients is sparse in torch, and dense in adam-wasm and in files.
                parts.tensors[f"{PREFIX}{saved_id}.{key}"] = tensor.to_dense()
    groups = [group_to(group, f"group {index}") for index, group in enumerate(found["param_groups"])]
    for group, own in zip(groups, names or [], strict=names is not None):
        group["param_names"] = own
    parts.rest["optimizer"] = {"state": rest, "param_groups": groups}


def _saved(parts: Parts) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Groups, and the state of each parameter by its id."""
    saved = parts.rest.get("optimizer")
    if not isinstance(saved, dict):
        raise CheckpointError("the file has no state of an optimizer")
    groups, entries = saved.get("param_groups"), saved.get("state")
    if not isinstance(groups, list) or not isinstance(entries, dict):
        raise CheckpointError("the state of the optimizer in the file has no groups, or no state of parameters")
    if not all(isinstance(group, dict) and isinstance(group.get("params"), list) for group in groups):
        raise CheckpointError("a group of the optimizer in the file has no list of params")
    if not all(isinstance(entry, dict) for entry in entries.values()):
        raise CheckpointError("the state of a parameter in the file is no object")
    ids = [str(saved_id) for group in groups for saved_id in group["params"]]
    if twice := [saved_id for saved_id, count in Counter(ids).items() if count > 1]:
        raise CheckpointError(f"the file has parameter {listed(twice)} of the optimizer in two places")
    states = {saved_id: dict(entry) for saved_id, entry in entries.items()}
    for name, tensor in parts.under(PREFIX).items():
        saved_id, _, key = name.partition(".")
        states.setdefault(saved_id, {})[key] = tensor
    known = set(ids)
    if orphans := [saved_id for saved_id in states if saved_id.isdecimal() and saved_id not in known]:
        raise CheckpointError(f"the file has state for parameter {listed(orphans)}, which is in no group")
    return groups, states


def _matched(groups: list[dict[str, Any]], names: list[list[str]]) -> list[list[int]]:
    """The file's ids for the optimizer's parameters, by name."""
    saved = []
    for index, group in enumerate(groups):
        found = group.get("param_names")
        if found is None and group["params"]:
            raise CheckpointError(
                f"group {index} of the file has no names: build that optimizer from [name, parameter] pairs, "
                "or match by_position"
            )
        found = found if isinstance(found, list) and all(isinstance(name, str) for name in found) else []
        if len(found) != len(group["params"]):
            raise CheckpointError(
                f"group {index} of the file has {len(group['params'])} parameters, {len(found)} named"
            )
        saved.append(dict(zip(found, group["params"], strict=True)))
    everywhere = {name: index for index, group in enumerate(saved) for name in group}
    own = {name: index for index, group in enumerate(names) for name in group}
    if missing := [name for name in own if name not in everywhere]:
        raise CheckpointError(f"the file has no state for {listed(missing)}; it names {listed(everywhere) or 'none'}")
    if unexpected := [name for name in everywhere if name not in own]:
        raise CheckpointError(f"the file names {listed(unexpected)}, which is not in this optimizer")
    for name, index in own.items():
        if everywhere[name] != index:
            raise CheckpointError(f"{name!r} is in group {everywhere[name]} of the file, and in group {index} here")
    return [[saved[index][name] for name in group] for index, group in enumerate(names)]


def _positions(groups: list[dict[str, Any]], optimizer: Optimizer) -> list[list[int]]:
    """The file's ids as they come."""
    for index, (group, own) in enumerate(zip(groups, optimizer.param_groups, strict=True)):
        if len(group["params"]) != len(own["params"]):
            counts = f"{len(group['params'])} parameters in the file, and {len(own['params'])} here"
            raise CheckpointError(f"group {index} has {counts}")
    return [group["params"] for group in groups]


def _state_of(entry: dict[str, Any], param: Tensor, rule: Rule, options: dict[str, Any], what: str) -> dict[str, Any]:
    """State of one parameter as torch has it."""
    needed = rule.state(options)
    if missing := [key for key in needed if key not in entry]:
        raise CheckpointError(f"the state of {what} in the file has no {listed(missing)}, which {rule.name} needs")
    if unknown := [key for key in entry if key not in rule.all_state]:
        raise CheckpointError(f"the state of {what} in the file has {listed(unknown)}, which {rule.name} has not")
    result: dict[str, Any] = {}
    for key, value in entry.items():
        if value is None and key == "momentum_buffer":
            result[key] = None
        elif key == "step":
            step = step_tensor(value)
            result[key] = int(step) if rule.counts_plainly else step
        elif key in rule.numbers:
            result[key] = number_tensor(value).to(scalar_dtype())
        elif isinstance(value, Tensor):
            check_like(f"{key} of {what}", value, param)
            # A copy: what safetensors reads is the file itself, which may be written over while this is trained.
            result[key] = value.clone()
        else:
            raise CheckpointError(f"{key} of {what} is no tensor in the file")
    return result
