"""Invent prose: words that no language has, about as often repeated as those of one."""

from __future__ import annotations

import itertools
import random

_SYLLABLES = """
    ba bel bri cor dan del dru eph fen fil gal gri hul ith jor kal ken lan lor mab mir nal nor oph
    pel pra qui ral rem sev sil sto tal ter tru ul van vel vor wen xan yal zor thé gné ülm
""".split()  # noqa: SIM905  # readable as words
_WORDS = 12_000
_SENTENCES = 12_000


class Prose:
    """A stock of words and sentences, the same for the same seed.

    Args:
        seed: Any number.
    """

    def __init__(self, seed: int = 11) -> None:
        dice = random.Random(seed)  # noqa: S311  # samples, not secrets
        words: dict[str, None] = {}
        while len(words) < _WORDS:
            # Frequent words are short ones, in this tongue too.
            longest = 1 + (len(words) > 40) + (len(words) > 400) + (len(words) > 4_000)  # noqa: PLR2004
            words["".join(dice.choices(_SYLLABLES, k=dice.randint(1, longest)))] = None
        self._words = list(words)
        # Zipf's law: the n-th word comes 1/n times as often as the first.
        self._weights = list(itertools.accumulate(1 / (n + 2.5) for n in range(_WORDS)))
        self._sentences = [self._sentence(dice) for _ in range(_SENTENCES)]

    def words(self, dice: random.Random, count: int) -> list[str]:
        """Draw single words."""
        return dice.choices(self._words, cum_weights=self._weights, k=count)

    def title(self, dice: random.Random) -> str:
        """Draw a title of 4 to 11 words."""
        return " ".join(self.words(dice, dice.randint(4, 11))).capitalize()

    def name(self, dice: random.Random) -> str:
        """Draw the name of a person."""
        return f"{dice.choice(self._words)} {dice.choice(self._words)}".title()

    def sentences(self, dice: random.Random, count: int) -> list[str]:
        """Draw sentences of 8 to 26 words; the stock is larger than any one feed."""
        return dice.choices(self._sentences, k=count)

    def text(self, dice: random.Random, count: int) -> str:
        """Draw sentences and join them."""
        return " ".join(self.sentences(dice, count))

    def _sentence(self, dice: random.Random) -> str:
        words = self.words(dice, dice.randint(8, 26))
        if len(words) > 12:  # noqa: PLR2004
            words[5] += dice.choice((",", ";", " —", ","))
        words[0] = words[0].capitalize()
        if dice.random() < 0.1:  # noqa: PLR2004
            words[-1] = f"“{words[-1]}”"
        return " ".join(words) + dice.choice("....?")
