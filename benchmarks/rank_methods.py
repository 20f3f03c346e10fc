"""The rankers that are compared: our own through an adapter, and what else there is.

Each is what the yardstick asks for: ``rank(items, labels, candidates) -> scores``, with
``prepare(items)`` before and ``topic`` set where it has that attribute.
"""

from __future__ import annotations

import random
import sqlite3
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypedDict

from benchmarks.rank_topics import interest
from papertrack.core.rank.features import Counts, Work, count_terms
from papertrack.core.rank.prior import learn_prior
from papertrack.core.rank.ranker import MAXIMUM_PASSED, Lesson, learn

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDINARY = 300


class Paper(TypedDict):
    """A line of the yardstick's papers."""

    id: str
    date: str
    title: str
    abstract: str
    authors: list[str]
    cats: list[str]
    comment: str


def work_of(paper: Paper) -> Work:
    """Take what ranking looks at from a paper."""
    return Work(paper["title"], paper["abstract"], tuple(paper["cats"]), tuple(paper["authors"]))


class Own:
    """papertrack's ranker, with the terms of each paper counted once."""

    def __init__(self) -> None:
        self.topic = ""
        self.counting_ms: list[float] = []
        self.training_s: list[float] = []
        self.ranking_500_s: list[float] = []
        self._counts: dict[str, Counts] = {}

    def prepare(self, items: Sequence[Paper]) -> None:
        """Count the terms of a period's papers."""
        started = time.process_time()
        self._counts = {paper["id"]: count_terms(work_of(paper)) for paper in items}
        self.counting_ms.append((time.process_time() - started) / len(items) * 1000)

    def __call__(
        self, items: Sequence[Paper], labels: Sequence[int], candidates: Sequence[Paper]
    ) -> list[float]:
        """Learn as the product does, of at most 2,000 that were passed over, and score."""
        counts = self._counts
        kept = [paper for paper, label in zip(items, labels, strict=True) if label]
        passed = [paper for paper, label in zip(items, labels, strict=True) if not label]
        drawn = random.Random(0).sample(passed, min(len(passed), MAXIMUM_PASSED + _ORDINARY))  # noqa: S311
        lessons = [Lesson(counts[paper["id"]], is_kept=True) for paper in kept]
        lessons += [Lesson(counts[paper["id"]], is_kept=False) for paper in drawn[:MAXIMUM_PASSED]]
        ordinary = [counts[paper["id"]] for paper in drawn[MAXIMUM_PASSED:]]
        started = time.process_time()
        ranker = learn(lessons, [interest(self.topic)], ordinary)
        learned = time.process_time()
        scores = [ranker.score(counts[paper["id"]]) for paper in candidates]
        ranked = time.process_time()
        self.training_s.append(learned - started)
        self.ranking_500_s.append((ranked - learned) / len(candidates) * 500)
        return scores


class Keywords:
    """The words of the config alone: day 0."""

    def __init__(self) -> None:
        self.topic = ""
        self._counts: dict[str, Counts] = {}

    def prepare(self, items: Sequence[Paper]) -> None:
        """Count the terms of a period's papers."""
        self._counts = {paper["id"]: count_terms(work_of(paper)) for paper in items}

    def __call__(
        self, items: Sequence[Paper], labels: Sequence[int], candidates: Sequence[Paper]
    ) -> list[float]:
        """Score without looking at what was kept."""
        del labels
        sample = [self._counts[paper["id"]] for paper in items[-600:]]
        prior = learn_prior([interest(self.topic)], sample)
        return [prior.score(self._counts[paper["id"]]) for paper in candidates]


class MoreLikeThis:
    """SQLite's bm25: the words of what was kept that are rarest are looked for."""

    _WORDS = 40

    def __call__(
        self, items: Sequence[Paper], labels: Sequence[int], candidates: Sequence[Paper]
    ) -> list[float]:
        """Ask the index of the candidates."""
        kept: dict[str, int] = {}
        passed: dict[str, int] = {}
        for paper, label in zip(items[:3000], labels, strict=False):
            for word in count_terms(work_of(paper)).text_terms:
                if " " not in word and word.isascii():
                    side = kept if label else passed
                    side[word] = side.get(word, 0) + 1
        best = sorted(kept, key=lambda word: (-(kept[word] ** 2) / (passed.get(word, 0) + 5), word))
        db = sqlite3.connect(":memory:")
        db.execute("CREATE VIRTUAL TABLE f USING fts5(title, abstract, tokenize = 'porter')")
        db.executemany(
            "INSERT INTO f (rowid, title, abstract) VALUES (?, ?, ?)",
            [(at, paper["title"], paper["abstract"]) for at, paper in enumerate(candidates)],
        )
        asked = " OR ".join(f'"{word}"' for word in best[: self._WORDS])
        found = dict(db.execute("SELECT rowid, -bm25(f, 2.0, 1.0) FROM f WHERE f MATCH ?", [asked]))
        db.close()
        return [found.get(at, 0.0) for at in range(len(candidates))]


def newest(
    items: Sequence[Paper], labels: Sequence[int], candidates: Sequence[Paper]
) -> list[float]:
    """Score by the day."""
    del items, labels
    return [float(paper["date"].replace("-", "")) for paper in candidates]


class ArxivSanity:
    """arxiv-sanity-lite's way, with its own settings: tf-idf, a linear SVM a tag."""

    def __init__(self) -> None:
        self._vectors: Any = None  # scikit-learn brings no types
        self._rows: dict[str, int] = {}

    def prepare(self, items: Sequence[Paper]) -> None:
        """Make the vectors of a period's papers."""
        text = import_module("sklearn.feature_extraction.text")

        papers = list({paper["id"]: paper for paper in items}.values())
        vectoriser = text.TfidfVectorizer(
            strip_accents="unicode",
            stop_words="english",
            token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",  # noqa: S106  # not a password
            ngram_range=(1, 2),
            max_features=20_000,
            sublinear_tf=True,
            max_df=0.1,
            min_df=5,
        )
        self._vectors = vectoriser.fit_transform(
            f"{paper['title']} {paper['abstract']} {' '.join(paper['authors'])}" for paper in papers
        )
        self._rows = {paper["id"]: row for row, paper in enumerate(papers)}

    def __call__(
        self, items: Sequence[Paper], labels: Sequence[int], candidates: Sequence[Paper]
    ) -> list[float]:
        """Fit and decide."""
        svm = import_module("sklearn.svm")

        machine = svm.LinearSVC(class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01)
        machine.fit(self._vectors[[self._rows[paper["id"]] for paper in items]], list(labels))
        rows = [self._rows[paper["id"]] for paper in candidates]
        return [float(value) for value in machine.decision_function(self._vectors[rows])]
