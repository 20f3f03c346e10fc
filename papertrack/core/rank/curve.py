"""Make a chance of a score: how many works of a score were kept."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FARTHEST = 5.0
"""From so many spreads on a work is no more likely kept: 19 of 20 before anything is judged."""

# The curve before anything is judged: of ordinary works one in eight is kept, of those two spreads
# above every second one. It holds like two judgements of a score of 1, so that three do not make
# anything certain.
_FIRST_SLOPE, _FIRST_OFFSET, _HELD = 1.0, -2.0, 2.0
_ROUNDS = 20  # of Newton's way, which is there after a few
_NEAR = 1e-4
_STEEPEST = 35.0
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Known:
    """A score whose outcome is known.

    Attributes:
        count: For how many works it stands.
    """

    score: float
    is_kept: bool
    count: int


def fit_curve(known: Sequence[Known]) -> tuple[float, float]:
    """Find the logistic curve that says how many works of a score are kept (Platt 1999).

    Returns:
        Its steepness, above 0, and the score at which every second work is kept.
    """
    slope, offset = _FIRST_SLOPE, _FIRST_OFFSET
    kept = sum(one.is_kept for one in known)
    passed = sum(one.count for one in known) - kept
    # Platt's own targets: of few works, none was kept or passed over for certain.
    aims = {True: (kept + 1) / (kept + 2), False: 1 / (passed + 2)}
    # Works all alike make a spread of almost nothing, and scores of hundreds of them.
    near = [
        (max(-FARTHEST, min(FARTHEST, one.score)), aims[one.is_kept], one.count) for one in known
    ]
    for _ in range(_ROUNDS if known else 0):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for score, aim, count in near:
            p = sigmoid(slope * score + offset)
            error, curve = count * (p - aim), count * (p * (1 - p) + 1e-6)
            g0, g1 = g0 + error, g1 + error * score
            h00, h01, h11 = h00 + curve, h01 + curve * score, h11 + curve * score * score
        g0, h00 = g0 + _HELD * (offset - _FIRST_OFFSET), h00 + _HELD
        g1, h11 = g1 + _HELD * (slope - _FIRST_SLOPE), h11 + _HELD
        determinant = h00 * h11 - h01 * h01
        if determinant < _FLAT:
            break
        shift = max(-2.0, min(2.0, (h11 * g0 - h01 * g1) / determinant))
        turn = max(-1.0, min(1.0, (h00 * g1 - h01 * g0) / determinant))
        offset, slope = offset - shift, max(slope - turn, 0.05)
        if abs(shift) + abs(turn) < _NEAR:
            break
    return slope, -offset / slope


def sigmoid(value: float) -> float:
    """Make a share, 0 to 1, of a logit."""
    return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, value))))
