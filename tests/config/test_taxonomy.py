"""arXiv's codes: known, renamed, misspelt, and as sets of its archive."""

from __future__ import annotations

import csv

import pytest

from papertrack.config.taxonomy import (
    archive_set,
    is_category,
    is_closed,
    may_be_category,
    nearest_category,
    todays_code,
)
from tests.shared import SHARED, needs_shared


@needs_shared
def test_every_category_of_arxivs_own_table_is_known_by_its_name_and_its_code_of_today() -> None:
    with (SHARED / "categories.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    names = {row["code"]: row["name"] for row in rows}
    assert len(rows) == 176
    for row in rows:
        code = row["code"]
        assert is_category(code)
        assert may_be_category(code)
        if not row["canonical"]:
            assert names[nearest_category(row["name"]) or ""] == row["name"]
        assert todays_code(code) == (row["canonical"] or code)
        assert is_category(row["archive"])
        assert is_closed(code) == (row["status"] == "inactive" and row["canonical"] != "")
        assert archive_set(code).startswith(f"{_group(todays_code(code), rows)}")


def _group(code: str, rows: list[dict[str, str]]) -> str:
    return next(row["group"] for row in rows if row["code"] == code)


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("math.MP", "math-ph"),
        ("stat.TH", "math.ST"),
        ("cs.NA", "math.NA"),
        ("cs.SY", "eess.SY"),
        ("math.IT", "cs.IT"),
        ("q-fin.EC", "econ.GN"),
        ("cmp-lg", "cs.CL"),
        ("supr-con", "cond-mat.supr-con"),
        ("cs.LG", "cs.LG"),
        ("astro-ph", "astro-ph"),
        ("no-such", "no-such"),
    ],
)
def test_a_category_goes_by_its_code_of_today(code: str, today: str) -> None:
    assert todays_code(code) == today


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("cs.LG", "cs:cs:LG"),
        ("hep-th", "physics:hep-th"),
        ("math-ph", "physics:math-ph"),
        ("math.MP", "physics:math-ph"),
        ("astro-ph.GA", "physics:astro-ph:GA"),
        ("cond-mat.mes-hall", "physics:cond-mat:mes-hall"),
        ("nlin.AO", "physics:nlin:AO"),
        ("physics.acc-ph", "physics:physics:acc-ph"),
        ("cs.SY", "eess:eess:SY"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("cmp-lg", "cs:cs:CL"),
        ("cs", "cs"),
        ("math", "math"),
        ("stat", "stat"),
        ("physics", "physics:physics"),
        ("astro-ph", "physics:astro-ph"),
    ],
)
def test_a_category_is_a_set_of_the_archive(code: str, name: str) -> None:
    assert archive_set(code) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cs.GL2", "cs.GL"),
        ("cs.lg", "cs.LG"),
        ("CS.LG", "cs.LG"),
        ("cs LG", "cs.LG"),
        ("csLG", "cs.LG"),
        ("q-bio.nc", "q-bio.NC"),
        ("Machine Learning", "cs.LG"),
        ("Systems and Control", "eess.SY"),
        ("hep-thh", "hep-th"),
        ("zzzzzz", None),
        ("", None),
    ],
)
def test_a_slip_leads_to_the_code_that_was_meant(text: str, code: str | None) -> None:
    assert nearest_category(text) == code


@pytest.mark.parametrize(
    "text", ["I.2.6", "62F15", "68T05, 62H30", "F.4.1; D.2.4", "", "cs.", "cs.I.2", "constructor"]
)
def test_other_classifications_are_no_categories(text: str) -> None:
    assert not may_be_category(text)


def test_a_category_that_arxiv_adds_tomorrow_is_taken_from_its_documents() -> None:
    assert may_be_category("cs.QQ")
    assert not is_category("cs.QQ")
