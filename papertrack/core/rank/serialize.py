"""Models as JSON: packed for the database, or with readable names for export."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from papertrack.core.rank.areas import AreaRanker
from papertrack.core.rank.features import AUTHOR, CATEGORY, PRIMARY, SOURCE, readable, space_of
from papertrack.core.rank.prior import prior_of
from papertrack.core.rank.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = 5
_NUMBERS = ("base", "prior_share", "steepness", "midpoint", "kept", "passed")


@dataclass(frozen=True, slots=True)
class Model:
    """Everything learned about an author."""

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
    """Read a packed model.

    Raises:
        ValueError: It is damaged or has another version.
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
            {area: tuple((word, weight) for word, weight in w) for area, w in read["words"].items()}
        ),
        weights=read["weights"],
        **{name: read[name] for name in _NUMBERS},
    )
    by_place = _dense(areas["weights"], len(areas["known"]) + 1, ranker.space.size)
    names = {name: tuple(areas[name]) for name in ("areas", "known")}
    return Model(ranker, AreaRanker(**{**areas, **names, "weights": by_place}))


def _sparse(weights: Sequence[Sequence[float]]) -> list[Sequence[float] | list[list[float]]]:
    """Write weights as the dimensions that are not 0, and their rows."""
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


_KINDS = {PRIMARY: "primary category", CATEGORY: "category", AUTHOR: "author", SOURCE: "source"}


def export_model(model: Model) -> dict[str, Any]:
    """Write a model as plain values.

    Returns:
        ``kept`` and ``passed``: the numbers of works it was learned from. ``score``: what is
        subtracted so that an ordinary work scores 0, the weight of a point of keywords, and the
        curve that turns a score into a chance. ``terms``: rarity (1 for a term of every work), and
        weight in a text and in a title. ``keywords``: their weights by area. ``areas``: the weight
        of each term for the area, and the mean rating there, 1 to 5, if there are enough ratings.
        ``ratings``: what each term adds to a rating.
    """
    ranker = model.ranker
    return {
        "kept": ranker.kept,
        "passed": ranker.passed,
        "score": {
            name: getattr(ranker, name) for name in ("base", "prior_share", "steepness", "midpoint")
        },
        "terms": _terms(ranker),
        "keywords": {
            area: {word: round(weight, _DIGITS) for word, weight in needles}
            for area, needles in ranker.prior.needles.items()
        },
        "areas": {area: _area(model, area) for area in model.areas.areas},
        "ratings": _named(model, -1, 1 / 2),
    }


def _terms(ranker: Ranker) -> list[dict[str, Any]]:
    space = ranker.space
    terms = []
    for term, rarity in zip(space.terms, space.rarity, strict=True):
        at = space.place[term]
        kind = _KINDS.get(term[:2])
        values: dict[str, Any] = {"term": readable(term), "kind": kind or "word"}
        values["rarity"], values["says"] = (
            round(rarity, _DIGITS),
            round(ranker.weights[at], _DIGITS),
        )
        if kind is None:
            values["says_in_title"] = round(ranker.weights[at + len(space.terms)], _DIGITS)
        terms.append(values)
    return sorted(terms, key=lambda one: (-abs(one["says"]), one["kind"], one["term"]))


def _area(model: Model, area: str) -> dict[str, Any]:
    areas = model.areas
    mean = areas.means.get(area)
    at = areas.known.index(area) if area in areas.known else None
    return {
        "terms": [] if at is None else _named(model, at, 1),
        "mean_rating": None if mean is None else round(mean / 2, _DIGITS),
    }


def _named(model: Model, column: int, scale: float) -> list[dict[str, Any]]:
    """List the weights of terms in one column, those in texts and titles separately."""
    space = model.ranker.space
    named = []
    for place, row in enumerate(model.areas.weights):
        if not row[column]:
            continue
        term = space.term(place)
        where = "title" if place != space.place[term] else "text"
        if kind := _KINDS.get(term[:2]):
            where = kind
        says = round(row[column] * scale, _DIGITS)
        named.append({"term": readable(term), "in": where, "says": says})
    return sorted(named, key=lambda one: (-abs(one["says"]), one["in"], one["term"]))
