"""The contract of every engine, through Haystack's own interface: subclass `EngineContract` and name the engine.

What is indexed are topics that no database holds: an engine is asked about what it was given, and about nothing else.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from haystack import connections, indexes
from haystack.exceptions import SearchBackendError
from haystack.inputs import AutoQuery, Exact
from haystack.query import SQ

from communities.models import Topic
from foundation.search.backends.compiler import Asked
from foundation.search.indexes import ContentIndex
from foundation.search.models import Synonym
from foundation.search.search import PermittedQuerySet
from foundation.spaces.models import Space

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


class ThingIndex(ContentIndex, indexes.Indexable):
    """Topics whose readers are said by hand."""

    def get_model(self) -> type[Topic]:
        return Topic

    def body_of(self, obj: Any) -> str:
        return obj.body

    def prepare_unit(self, obj: Any) -> int | None:
        return obj.said.unit

    def prepare_file_type(self, obj: Any) -> str | None:
        return obj.said.file_type

    def prepare_readers(self, obj: Any) -> list[str]:
        return obj.said.readers

    def prepare_audience(self, obj: Any) -> list[str]:
        return obj.said.audience

    def prepare_shared(self, obj: Any) -> list[str]:
        return obj.said.shared

    def prepare_weight(self, obj: Any) -> float:
        return obj.said.weight

    def prepare_stamp(self, obj: Any) -> int:
        return obj.pk


def thing(pk: int, title: str, body: str = "", **said: Any) -> Topic:
    """A topic that is saved nowhere; everyone reads it unless `readers` are others."""
    defaults = {"readers": ["everyone"], "audience": ["any"], "shared": [], "weight": 1.0, "unit": None}
    chosen = SimpleNamespace(**{**defaults, "file_type": None, **said})
    made = Topic(
        pk=pk,
        title=title,
        body=body,
        title_translated=said.get("title_translated", ""),
        language=said.get("language", "fr"),
        space_id=said.get("space", 1),
        author_id=said.get("author", 1),
        updated=said.get("updated", NOW - timedelta(days=pk)),
    )
    if "kind" in said:
        made.kind = said["kind"]
    made.space, made.said = Space(pk=said.get("space", 1), kind="community"), chosen
    return made


THINGS = [
    thing(1, "Règlement sur le bruit", "Le règlement de l'arrondissement vise le bruit la nuit.", space=1, unit=7),
    thing(2, "Permis de construire", "Comment obtenir un permis de construire à Verdun ?", space=2, author=2),
    thing(3, "Building permits", "How to get a building permit in the city.", language="en", space=2, author=2),
    thing(4, "Déneigement des trottoirs", "Le bruit des déneigeuses. Résolution CA24 22 0123.", space=3, kind="page"),
    thing(5, "Liste des employées", "Les employés de la ville et leurs employées.", file_type="pdf", space=3),
    thing(6, "Budget", "Le bruit court que le budget augmente.", kind="page", file_type="docx", weight=4.0),
    thing(7, "Réservé aux élus", "Le bruit secret des élus.", readers=["elected"]),
    thing(8, "Dans l'espace, pour deux", "Le bruit du couloir.", audience=["person:1", "person:2"]),
    thing(9, "Partagé", "Le bruit partagé.", readers=[], shared=["person:3"]),
    thing(10, "Brouillon", "Le bruit de personne.", readers=[]),
]


class EngineContract:
    """`engine` is the path of a Haystack engine."""

    engine = ""

    @pytest.fixture
    def using(self, db: None, tmp_path: Path) -> Iterator[str]:
        """A connection of Haystack's for this engine, on a folder of its own."""
        name = f"contract_{type(self).__name__}"
        settings.HAYSTACK_CONNECTIONS[name] = {
            "ENGINE": self.engine,
            "PATH": str(tmp_path / "index"),
            "INCLUDE_SPELLING": True,
        }
        connections.reload(name)
        backend = connections[name].get_backend()
        backend.update(ThingIndex(), THINGS)
        yield name
        backend.close()
        shutil.rmtree(tmp_path / "index", ignore_errors=True)
        del settings.HAYSTACK_CONNECTIONS[name]

    @pytest.fixture
    def found(self, using: str) -> PermittedQuerySet:
        """What an employee may find."""
        return PermittedQuerySet(using=using).asking(Asked(frozenset({"everyone", "person:99"})))

    # -- who finds what

    def test_nobody_finds_anything_until_it_is_said_who_asks(self, using: str) -> None:
        assert len(PermittedQuerySet(using=using).filter(content="bruit")) == 0
        assert len(PermittedQuerySet(using=using).all()) == 0
        assert len(PermittedQuerySet(using=using).asking(Asked(frozenset())).filter(content="bruit")) == 0

    @pytest.mark.parametrize(
        ("principals", "expected"),
        [
            ({"everyone"}, {1, 4, 6}),
            ({"elected"}, {7}),
            ({"everyone", "elected"}, {1, 4, 6, 7}),
            ({"everyone", "person:2"}, {1, 4, 6, 8}),
            ({"person:2"}, set()),
            ({"person:3"}, {9}),
            ({"person:10", "everyone:1", "any"}, set()),
        ],
    )
    def test_the_filter_is_readers_and_audience_or_shared(
        self, using: str, principals: set[str], expected: set[int]
    ) -> None:
        found = PermittedQuerySet(using=using).asking(Asked(frozenset(principals))).filter(content="bruit")
        assert _keys(found) == expected
        assert len(found) == len(expected)
        counted = dict(found.facet("kind").facet_counts()["fields"]["kind"])
        assert sum(counted.values()) == len(expected)

    def test_or_and_not_lead_to_nothing_more(self, found: PermittedQuerySet) -> None:
        assert _keys(found.filter(SQ(content="bruit") | SQ(content="secret"))) == {1, 4, 6}
        assert _keys(found.exclude(content="budget")) == {1, 2, 3, 4, 5}
        assert _keys(found.filter_or(title="élus")) == set()

    def test_what_is_hidden_is_left_out_of_everything(self, using: str) -> None:
        asked = Asked(frozenset({"everyone"}), hidden=frozenset({"communities.topic.1"}), hidden_spaces=frozenset({3}))
        found = PermittedQuerySet(using=using).asking(asked).filter(content="bruit")
        assert _keys(found) == {6} and len(found) == 1
        assert found.facet("kind").facet_counts()["fields"]["kind"] == [("page", 1)]

    # -- words

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("reglement", {1}),
            ("RÈGLEMENTS", {1}),
            ("employé", {5}),
            ("employée", {5}),
            ("employee", {5}),
            ("l'arrondissement", {1}),
            ("arrondissement d’", {1}),
            ("permis construire", {2}),
            ("permit", {3}),
            ("permits", {3}),
            ('"permis de construire"', {2}),
            ('"construire de permis"', set()),
            ("« permis de construire »", {2}),
            ("bruit -nuit", {4, 6}),
            ('bruit -"la nuit"', {4, 6}),
            ("-bruit", {2, 3, 5}),
            ("déneig*", {4}),
            ("CA24 22 0123", {4}),
            ("CA24220123", {4}),
            ("0123", {4}),
            ("le la", {1}),
            ("", set()),
            ("?!", set()),
            ("inconnu", set()),
            ("bruit inconnu", set()),
            (") OR (readers:elected", set()),
            ("bruit OR title:*", set()),
        ],
    )
    def test_words(self, found: PermittedQuerySet, typed: str, expected: set[int]) -> None:
        assert _keys(found.filter(content=AutoQuery(typed))) == expected

    def test_synonyms_count_at_once(self, found: PermittedQuerySet) -> None:
        assert _keys(found.filter(content=AutoQuery("tapage"))) == set()
        group = Synonym.objects.create(ways="tapage\nbruit\nnuisance sonore", language="fr")
        assert _keys(found.filter(content=AutoQuery("tapage"))) == {1, 4, 6}
        assert _keys(found.filter(content=AutoQuery("nuisances sonores nuit"))) == {1}
        group.delete()
        assert _keys(found.filter(content=AutoQuery("tapage"))) == set()

    @pytest.mark.parametrize(
        ("lookups", "expected"),
        [
            ({"content__exact": "permis de construire"}, {2}),
            ({"title__exact": "permis de construire"}, {2}),
            ({"title": Exact("building permits")}, {3}),
            ({"title__startswith": "const"}, {2}),
            ({"title__startswith": "permis const"}, {2}),
            ({"title__endswith": "ement"}, {1, 4}),
            ({"title__contains": "neige"}, {4}),
            ({"content__contains": "ruit"}, {1, 4, 6}),
            ({"title__fuzzy": "reglemant"}, {1}),
            ({"content__fuzzy": "arondissement"}, {1}),
            ({"title__in": ["budget", "permis de construire"]}, {2, 6}),
            ({"kind": "page"}, {4, 6}),
            ({"kind__exact": "page"}, {4, 6}),
            ({"kind__in": ["page", "topic"]}, {1, 2, 3, 4, 5, 6}),
            ({"kind__in": []}, set()),
            ({"kind__startswith": "pa"}, {4, 6}),
            ({"kind__contains": "opi"}, {1, 2, 3, 5}),
            ({"file_type": "pdf"}, {5}),
            ({"space": 2}, {2, 3}),
            ({"space__gt": 2}, {4, 5}),
            ({"space__gte": 2}, {2, 3, 4, 5}),
            ({"space__lt": 2}, {1, 6}),
            ({"space__lte": 2}, {1, 2, 3, 6}),
            ({"space__range": (2, 3)}, {2, 3, 4, 5}),
            ({"space__in": [1, 3]}, {1, 4, 5, 6}),
            ({"updated__gte": NOW - timedelta(days=2)}, {1, 2}),
            ({"updated__gt": NOW - timedelta(days=2)}, {1}),
            ({"updated__lt": (NOW - timedelta(days=4)).date()}, {5, 6}),
            ({"updated__lte": NOW - timedelta(days=5)}, {5, 6}),
            ({"updated__range": (NOW - timedelta(days=3), NOW - timedelta(days=2))}, {2, 3}),
            ({"content": "bruit", "kind": "page"}, {4, 6}),
            ({"django_ct": "communities.topic", "space": 2}, {2, 3}),
        ],
    )
    def test_lookups(self, found: PermittedQuerySet, lookups: dict[str, Any], expected: set[int]) -> None:
        assert _keys(found.filter(**lookups)) == expected

    @pytest.mark.parametrize(
        "lookups", [{"nothing": 1}, {"space__gt": "many"}, {"updated__gt": "yesterday"}, {"title__gt": "a"}]
    )
    def test_what_cannot_be_asked_is_said(self, found: PermittedQuerySet, lookups: dict[str, Any]) -> None:
        with pytest.raises(SearchBackendError):
            len(found.filter(**lookups))

    def test_models_and_narrow(self, found: PermittedQuerySet) -> None:
        assert len(found.models(Topic)) == 6
        assert _keys(found.narrow("kind_exact:page")) == {4, 6}
        assert _keys(found.narrow('kind:"page"').narrow("space:3")) == {4}
        assert _keys(found.narrow("kind:page OR kind:topic")) == set()

    # -- order

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            (["updated"], [6, 5, 4, 3, 2, 1]),
            (["-updated"], [1, 2, 3, 4, 5, 6]),
            (["title"], [6, 3, 4, 5, 2, 1]),
            (["-title"], [1, 2, 5, 4, 3, 6]),
            (["space", "-updated"], [1, 6, 2, 3, 4, 5]),
            (["-space", "updated"], [5, 4, 3, 2, 6, 1]),
            (["kind", "-space", "title"], [4, 6, 5, 3, 2, 1]),
        ],
    )
    def test_order(self, found: PermittedQuerySet, keys: list[str], expected: list[int]) -> None:
        everything = found.order_by(*keys)
        assert [int(one.pk) for one in everything] == expected
        assert [int(one.pk) for one in found.order_by(*keys)[2:5]] == expected[2:5]

    def test_titles_exact_words_and_weight_come_first(self, found: PermittedQuerySet) -> None:
        assert int(found.filter(content=AutoQuery("bruit"))[0].pk) in (1, 6)
        heavy = [int(one.pk) for one in found.filter(content=AutoQuery("bruit"))]
        assert heavy.index(6) < heavy.index(4)
        assert [int(one.pk) for one in found.filter(content=AutoQuery("permis de construire"))] == [2]

    def test_a_boosted_word_and_what_is_near_come_first(self, found: PermittedQuerySet, using: str) -> None:
        plain = found.filter(content=AutoQuery("bruit")).exclude(space=1)
        assert _keys(plain) == {4}
        boosted = found.filter(SQ(content="bruit") | SQ(content="permis")).boost("nuit", 50)
        assert int(boosted[0].pk) == 1
        backend = connections[using].get_backend()
        backend.update(ThingIndex(), [thing(20, "Sel", "sel"), thing(21, "Sel", "sel", readers=["everyone", "unit:5"])])
        near = found.filter(content="sel").near({"unit:5"})
        assert [int(one.pk) for one in near] == [21, 20]

    # -- facets

    def test_facets(self, found: PermittedQuerySet) -> None:
        counted = found.facet("kind").facet("space").facet("file_type").facet("unit").facet_counts()["fields"]
        assert dict(counted["kind"]) == {"topic": 4, "page": 2}
        assert counted["kind"][0] == ("topic", 4)
        assert dict(counted["space"]) == {1: 2, 2: 2, 3: 2}
        assert dict(counted["file_type"]) == {"pdf": 1, "docx": 1}
        assert dict(counted["unit"]) == {7: 1}
        narrowed = found.filter(content="bruit").facet("kind").facet_counts()["fields"]
        assert dict(narrowed["kind"]) == {"topic": 1, "page": 2}

    def test_facets_of_dates_and_of_queries(self, found: PermittedQuerySet) -> None:
        start = (NOW - timedelta(days=6)).date()
        dated = found.date_facet("updated", start, NOW.date(), "day", 2).facet_counts()["dates"]["updated"]
        assert [count for _moment, count in dated] == [2, 2, 2]
        monthly = found.date_facet("updated", datetime(2026, 1, 31, tzinfo=UTC), NOW, "month")
        assert sum(count for _moment, count in monthly.facet_counts()["dates"]["updated"]) == 6
        asked = found.query_facet("kind", "page").facet_counts()["queries"]
        assert list(asked.values()) == [2]

    # -- what is shown

    def test_results_carry_what_was_stored(self, found: PermittedQuerySet) -> None:
        [one] = found.filter(content="règlement")
        assert (one.app_label, one.model_name, int(one.pk)) == ("communities", "topic", 1)
        assert one.title == "Règlement sur le bruit" and one.space == 1
        assert one.updated == NOW - timedelta(days=1)
        assert not hasattr(one, "readers") or one.readers is None

    def test_marks(self, found: PermittedQuerySet, using: str) -> None:
        [one] = found.filter(content=AutoQuery("reglement nuit")).highlight()
        [extract] = one.highlighted["text"]
        assert "<mark>règlement</mark>" in extract and "<mark>nuit</mark>" in extract
        backend = connections[using].get_backend()
        backend.update(ThingIndex(), [thing(30, "<script>", f"{'mot ' * 200}<b>citrouille</b> & {'mot ' * 200}")])
        [one] = found.filter(content="citrouille").highlight()
        [extract] = one.highlighted["text"]
        assert "&lt;b&gt;<mark>citrouille</mark>&lt;/b&gt; &amp;" in extract
        assert extract.startswith("… ") and extract.endswith(" …") and len(extract) < 400

    def test_more_like_this(self, found: PermittedQuerySet) -> None:
        like = [int(one.pk) for one in found.more_like_this(THINGS[0])]
        assert like and 1 not in like and set(like) <= {2, 3, 4, 5, 6}
        assert list(found.more_like_this(THINGS[6])) == []

    def test_spelling_is_made_of_what_one_may_find(self, found: PermittedQuerySet) -> None:
        def suggested(text: str) -> str | None:
            return found.filter(content=AutoQuery(text)).spelling_suggestion()

        assert suggested("reglemant") == "règlement"
        assert suggested("reglement") is None
        assert suggested("arondissement bruit") == "arrondissement bruit"
        assert suggested("secrat") is None

    # -- writing

    def test_update_replaces_and_remove_removes(self, found: PermittedQuerySet, using: str) -> None:
        backend = connections[using].get_backend()
        backend.update(ThingIndex(), [thing(1, "Autre titre", "Autre texte")])
        assert _keys(found.filter(content="règlement")) == set()
        assert _keys(found.filter(content="autre")) == {1}
        backend.remove("communities.topic.1")
        assert _keys(found.filter(content="autre")) == set()
        backend.remove(THINGS[1])
        backend.remove("communities.topic.777")
        assert len(found.all()) == 4

    def test_one_that_cannot_be_prepared_stops_nobody(self, found: PermittedQuerySet, using: str) -> None:
        broken = thing(40, "Cassé", "cassé")
        del broken.said.readers
        connections[using].get_backend().update(ThingIndex(), [broken, thing(41, "Entier", "entier")])
        assert _keys(found.filter(content="entier")) == {41}

    def test_one_that_cannot_be_prepared_does_not_stay_as_it_was(self, found: PermittedQuerySet, using: str) -> None:
        broken = thing(1, "Règlement sur le bruit")
        del broken.said.readers
        connections[using].get_backend().update(ThingIndex(), [broken])
        assert _keys(found.filter(content="règlement")) == set()

    def test_clear(self, found: PermittedQuerySet, using: str) -> None:
        backend = connections[using].get_backend()
        backend.clear(models=[Space])
        assert len(found.all()) == 6
        backend.clear(models=[Topic])
        assert len(found.all()) == 0
        backend.update(ThingIndex(), THINGS)
        backend.clear()
        assert len(found.all()) == 0

    def test_stamps(self, using: str) -> None:
        backend = connections[using].get_backend()
        assert backend.stamps(2, 4, ["communities.topic"]) == {"communities.topic.3": 3, "communities.topic.4": 4}
        assert backend.stamps(0, 2**62, ["other.thing"]) == {}

    def test_an_index_beside_replaces_it(self, found: PermittedQuerySet, using: str) -> None:
        backend = connections[using].get_backend()
        folder = backend.folders.begin()
        beside = backend.beside(folder)
        beside.write(beside.prepared(ThingIndex(), THINGS[:2]), is_new=True, commit=False)
        beside.commit()
        assert len(found.all()) == 6
        beside.close()
        backend.folders.switch(folder)
        assert len(found.all()) == 2
        backend.update(ThingIndex(), [THINGS[2]])
        assert len(found.all()) == 3


def _keys(found: PermittedQuerySet) -> set[int]:
    return {int(one.pk) for one in found}
