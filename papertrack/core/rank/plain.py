"""Put what was learned into JSON's few kinds of values, and back."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from papertrack.core.rank.areas import AreaRanker
from papertrack.core.rank.features import space_of
from papertrack.core.rank.prior import prior_of
from papertrack.core.rank.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = 5
_NUMBERS = ("base", "prior_share", "steepness", "midpoint", "kept", "passed")


@dataclass(frozen=True, slots=True)
class Model:
    """All that was learned of an author."""

    ranker: Ranker
    areas: AreaRanker


def pack(model: Model) -> bytes:
    """Write a model as compressed JSON."""
    return zlib.compress(json.dumps(_plain(model), ensure_ascii=False).encode(), 6)


def _plain(model: Model) -> dict[str, Any]:
    """Write a model as plain values, its weights rounded."""
    ranker, areas = model.ranker, model.areas
    return {
        "terms": list(ranker.space.terms),
        "rarity": _rounded(ranker.space.rarity),
        "weights": _rounded(ranker.weights),
        "words": {area: list(map(list, needles)) for area, needles in ranker.prior.needles.items()},
        **{name: getattr(ranker, name) for name in _NUMBERS},
        "areas": {
            **{field.name: getattr(areas, field.name) for field in fields(areas)},
            "weights": _sparse(areas.weights),
        },
    }


def unpack(body: bytes) -> Model:
    """Read what `pack` wrote.

    Raises:
        ValueError: It is damaged, or of another version.
    """
    try:
        return _model(json.loads(zlib.decompress(body)))
    except (zlib.error, LookupError, TypeError, AttributeError, RecursionError) as error:
        message = f"the stored model cannot be read: {error!r}"
        raise ValueError(message) from error


def _model(read: dict[str, Any]) -> Model:
    areas = read["areas"]
    ranker = Ranker(
        space=space_of(read["terms"], read["rarity"]),
        prior=prior_of(
            {area: tuple((word, said) for word, said in w) for area, w in read["words"].items()}
        ),
        weights=read["weights"],
        **{name: read[name] for name in _NUMBERS},
    )
    by_place = _dense(areas["weights"], len(areas["known"]) + 1, ranker.space.size)
    names = {name: tuple(areas[name]) for name in ("areas", "known")}
    return Model(ranker, AreaRanker(**{**areas, **names, "weights": by_place}))


def _sparse(weights: Sequence[Sequence[float]]) -> list[Sequence[float] | list[list[float]]]:
    """Write weights by place as the places that say anything, and what they say."""
    rounded = [_rounded(row) for row in weights]
    places = [place for place, row in enumerate(rounded) if any(row)]
    return [places, [rounded[place] for place in places]]


def _dense(
    sparse: tuple[Sequence[int], Sequence[Sequence[float]]], columns: int, size: int
) -> list[tuple[float, ...]]:
    weights = [(0.0,) * columns] * size
    for place, row in zip(*sparse, strict=True):
        weights[place] = tuple(row)
    return weights


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, _DIGITS) for value in values]
