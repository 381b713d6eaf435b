"""What does not fit."""

from collections.abc import Iterable


class CheckpointError(ValueError):
    """A file, or what should be loaded or saved, is not what it has to be; nothing was changed."""


def listed(names: Iterable[object]) -> str:
    """Names as a message shows them: the first ones, and how many there are."""
    shown = [repr(name) for name in names]
    return ", ".join(shown) if len(shown) <= 8 else f"{', '.join(shown[:8])}, ... ({len(shown)} in all)"
