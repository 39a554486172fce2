"""What words a text holds, and which known word a misspelt one was meant for."""

import pytest

from directory.spelling import nearest
from directory.words import typed_words, words_of_phone
from foundation.search.spelling import distance


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("gautier", "gauthier"), ("stefane", "stephane"), ("filippe", "philippe"), ("lefevre", "lefebvre")),
        *(("baudoin", "baudouin"), ("mathieu", "matthieu"), ("jenevieve", "genevieve"), ("dubios", "dubois")),
        *(("katherine", "catherine"), ("qatherine", "catherine"), ("tremblai", "tremblay")),
    ],
)
def test_what_sounds_alike_is_near(typed: str, meant: str) -> None:
    assert nearest(typed, {meant, "zacharie"}) == [meant]


def test_distance_counts_a_swap_as_one() -> None:
    assert distance("dubios", "dubois") == 1
    assert distance("abc", "abc") == 0
    assert distance("", "abc") == 3
    assert nearest("dubios", {"dubois", "dubuc", "dupuis"}) == ["dubois"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Qui connaît le béton ?", ["beton"]),
        ("who knows about the snow removal", ["snow", "removal"]),
        ("d'Amours", ["amours"]),
        ("514 555-0117 tremblay", ["tremblay", "5145550117"]),
        ("+1 (514) 555-0117", ["5145550117"]),
        ("le", ["le"]),
        ("poste 9481", ["9481"]),
        ("claire@ville.example", ["claire"]),
        ("a b c d e f g h i j k", ["b", "c", "d", "e", "f", "g", "h", "j"]),
        ("?!…", []),
    ],
)
def test_typed_words(text: str, words: list[str]) -> None:
    assert sorted(typed_words(text)) == sorted(words)


def test_words_of_a_telephone() -> None:
    assert words_of_phone("514 555-0117, poste 9481") == {"51455501179481", "55501179481", "01179481", "9481"}
    assert words_of_phone("1 (514) 555-0117") == {"5145550117", "5550117", "0117"}
    assert words_of_phone("") == words_of_phone("néant") == set()
