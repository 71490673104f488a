"""Figures of a list of measurements."""

from collections.abc import Sequence


def quantiles(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile, by nearest rank."""
    ranked = sorted(values)
    return ranked[len(ranked) // 2], ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]
