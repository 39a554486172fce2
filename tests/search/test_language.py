"""French and English as a city writes them, with the default engine, through `search` itself."""

import pytest

from communities.actions import start_topic
from communities.models import Topic
from directory.models import Person
from foundation.content.models import Content
from foundation.search.indexer import Indexer
from foundation.search.search import search
from foundation.spaces.models import Space

from .language_cases import COMPARED, MISSES, MUNICIPAL, Case

pytestmark = pytest.mark.django_db


def _wrong(cases: list[Case], community: Space, host: Person, member: Person, indexer: Indexer) -> list[Case]:
    """The cases whose document is found and should not be, or the other way round."""
    made: dict[str, Content] = {}
    for case in cases:
        if case.text not in made:
            made[case.text] = start_topic(community, case.text.split("\n")[0], case.text, actor=host)
            Topic.objects.filter(pk=made[case.text].pk).update(language=case.language)
    indexer.settle()
    wrong = []
    for case in cases:
        hits = {hit.object.pk for hit in search(member, case.typed, limit=100).hits}
        if (made[case.text].pk in hits) != case.is_found:
            wrong.append(case)
    return wrong


def test_the_cases_of_the_comparison_hold(community: Space, host: Person, member: Person, indexer: Indexer) -> None:
    assert _wrong(COMPARED, community, host, member, indexer) == []


def test_nearly_all_of_a_city_s_words_are_found(
    community: Space, host: Person, member: Person, indexer: Indexer
) -> None:
    wrong = _wrong(MUNICIPAL, community, host, member, indexer)
    assert {(case.text, case.typed) for case in wrong} == set(MISSES)
    assert len(MUNICIPAL) >= 40 and len(wrong) <= 0.05 * len(MUNICIPAL)
