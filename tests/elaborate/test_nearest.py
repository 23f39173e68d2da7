"""The fast search for the nearest name finds what the plain one finds."""

import random

from archc.elaborate.nearest import distance, fold, nearest
from archc.layers import LAYERS

NAMES = tuple(LAYERS)


def plainly(folded):
    """The nearest layer, by the distance to each."""
    steps = {name: distance(folded, fold(name)) for name in NAMES}
    near = [name for name in NAMES if steps[name] <= max(1, min(len(folded), len(fold(name))) // 3)]
    least = [name for name in near if steps[name] == min(steps[other] for other in near)]
    return least[0] if len(least) == 1 else None


def mistyped(rng):
    """A layer's name with up to four letters changed."""
    letters = list(fold(rng.choice(NAMES)))
    for _ in range(rng.randrange(5)):
        at = rng.randrange(len(letters) + 1)
        letters[at : at + rng.randrange(2)] = rng.choice(["", "x", "e", "2", "é"])
    return "".join(letters)


def test_the_fast_search_finds_what_the_plain_one_finds():
    rng = random.Random(1)
    words = [mistyped(rng) for _ in range(300)]
    found = [nearest(word, NAMES) for word in words]
    assert found == [plainly(word) for word in words]
    assert 20 < sum(name is None for name in found) < 250


def test_a_word_of_65_letters_is_near_nothing():
    assert nearest("x" * 64, ("x" * 60,)) == "x" * 60
    assert nearest("x" * 65, ("x" * 60,)) is None
