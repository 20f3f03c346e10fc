"""Say what was learned so that a person can read it: each term by its name, the strongest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from papertrack.core.rank.words import AUTHOR, CATEGORY, PRIMARY, SOURCE, readable

if TYPE_CHECKING:
    from papertrack.core.rank.plain import Model
    from papertrack.core.rank.ranker import Ranker

_KINDS = {PRIMARY: "primary category", CATEGORY: "category", AUTHOR: "author", SOURCE: "source"}
_DIGITS = 5


def model_in_words(model: Model) -> dict[str, Any]:
    """Write a model as plain values.

    Returns:
        ``kept`` and ``passed``: from how many works it was learned. ``score``: what is taken off so
        that an ordinary work has the score 0, what a point of keywords says, and the curve that
        makes a chance of a score. ``terms``: rarity (1 for what every work has) and what a work of
        this term alone would be given for it, in its text and in its title. ``keywords``: what each
        says, by area. ``areas``: what each term says for the area, and the mean rating
        there, 1 to 5, once there are enough. ``ratings``: what each term adds to a rating.
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
            area: {word: round(said, _DIGITS) for word, said in needles}
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
        said: dict[str, Any] = {"term": readable(term), "kind": kind or "word"}
        said["rarity"], said["says"] = round(rarity, _DIGITS), round(ranker.weights[at], _DIGITS)
        if kind is None:
            said["says_in_title"] = round(ranker.weights[at + len(space.terms)], _DIGITS)
        terms.append(said)
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
    """Name places; what a term says in titles stands beside what it says in the text."""
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
