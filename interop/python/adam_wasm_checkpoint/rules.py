"""What each optimizer that both sides have keeps."""

from dataclasses import dataclass
from typing import Any

from torch import optim
from torch.optim import Optimizer

from .errors import CheckpointError


@dataclass(frozen=True)
class Rule:
    """An optimizer: the options of a group that say what it computes, and the keys of a parameter's state."""

    name: str
    options: tuple[str, ...]
    moments: tuple[str, ...]
    optional: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ("step",)
    counts_plainly: bool = False
    """Whether `step` is an int, and not a tensor."""
    decouples: bool = False
    """Whether weight decay is always decoupled."""

    @property
    def all_state(self) -> tuple[str, ...]:
        return self.numbers + self.moments + self.optional

    def state(self, options: dict[str, Any]) -> tuple[str, ...]:
        """The keys that a parameter with these options has after a step."""
        return self.numbers + self.moments + (self.optional if options.get("amsgrad") else ())


BETAS = ("lr", "betas", "eps", "maximize")
DECAY = (*BETAS, "weight_decay")
DECOUPLED = (*DECAY, "decoupled_weight_decay")
ADAM = (*DECOUPLED, "amsgrad")
SQUARES = ("exp_avg", "exp_avg_sq")

RULES: dict[type[Optimizer], Rule] = {
    optim.Adam: Rule("Adam", ADAM, SQUARES, ("max_exp_avg_sq",)),
    optim.AdamW: Rule("AdamW", ADAM, SQUARES, ("max_exp_avg_sq",), decouples=True),
    optim.SparseAdam: Rule("SparseAdam", BETAS, SQUARES, counts_plainly=True),
    optim.SGD: Rule(
        "SGD",
        ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"),
        (),
        ("momentum_buffer",),
        numbers=(),
    ),
    optim.Adamax: Rule("Adamax", DECAY, ("exp_avg", "exp_inf")),
    optim.NAdam: Rule("NAdam", (*DECOUPLED, "momentum_decay"), SQUARES, numbers=("step", "mu_product")),
    optim.RAdam: Rule("RAdam", DECOUPLED, SQUARES),
}


def rule_of(optimizer: Optimizer) -> Rule:
    """The rule of an optimizer; raises CheckpointError if adam-wasm has none like it."""
    # A ZeroRedundancyOptimizer steps another one in each process.
    kind = type(getattr(optimizer, "optim", optimizer))
    for base in kind.__mro__:
        if base in RULES:
            return RULES[base]
    raise CheckpointError(f"adam-wasm has no {kind.__name__}; it has {', '.join(rule.name for rule in RULES.values())}")
