"""Rules: whom they describe, how they read, what they refuse; the database and plain Python must always agree."""

from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.actions import create_community
from directory.actions import create_unit
from directory.models import Group, Person, Unit
from directory.rules import check, condition_of, sentence_of, why
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import make_person

pytestmark = pytest.mark.django_db

CLAUSES = 30
GONE = "6c0333e4-f3c2-46bb-8f86-cb686f37b4c3"


class City:
    """Units, groups, communities and one person of every sort."""

    def __init__(self) -> None:
        city = create_unit("V", "Ville", kind="city")
        self.verdun = create_unit("VER", "Verdun", kind="borough", parent=city)
        self.parks = create_unit("VER-P", "Parcs", kind="division", parent=self.verdun)
        self.lachine = create_unit("LAC", "Lachine", kind="borough", parent=city)
        self.group = Group.objects.create(name_fr="Secouristes")
        self.other_group = Group.objects.create(name_fr="Comité")
        self.withdrawn = Group.objects.create(name_fr="Retiré", is_active=False)
        self.people = list(self._people())
        self.group.members.set(self.people[::4])
        self.other_group.members.set(self.people[::5])
        self.staff = make_person("une.administratrice", is_staff=True, unit=city)
        self.space = create_community(actor=self.staff, name_fr="Béton")
        for person in self.people[1::4]:
            Membership.objects.create(space=self.space, person=person)
        # A whole group belongs to this one.
        self.held = create_community(actor=self.staff, name_fr="Bois", access=Space.Access.RESTRICTED)
        Membership.objects.create(space=self.held, principal=f"group:{self.other_group.pk}", role=Role.READER)

    def _people(self) -> Any:
        sorts = product([None, self.verdun, self.parks, self.lachine], Person.Kind.values, [True, False])
        for number, (unit, kind, is_manager) in enumerate(sorts):
            yield make_person(
                f"personne.{number}",
                unit=unit,
                borough=self.verdun if number % 3 else None,
                kind=kind,
                is_manager=is_manager,
                language="en" if number % 2 else "fr",
                site="Hôtel de ville" if number % 4 == 0 else "",
                job_class=("cadre", "plongeur", "")[number % 3],
                is_active=number % 7 != 6,
            )

    def clauses(self) -> list[dict[str, Any]]:
        units = [str(one.uuid) for one in (self.verdun, self.parks, self.lachine)]
        return [
            *({"is": "unit", "value": one, "below": below} for one in [*units, GONE] for below in (True, False)),
            *({"is": "borough", "value": one} for one in [*units[::2], GONE]),
            *({"is": "site", "value": one} for one in ("Hôtel de ville", "Nulle part")),
            *({"is": "job_class", "value": one} for one in ("cadre", "plongeur", "pompier", "inconnue")),
            *({"is": "language", "value": one} for one in ("fr", "en", "es")),
            *({"is": "kind", "value": one} for one in [*Person.Kind.values, "robot"]),
            {"is": "manager"},
            *({"is": "group", "value": str(one.uuid)} for one in (self.group, self.other_group, self.withdrawn)),
            *({"is": "community", "value": str(one.uuid)} for one in (self.space, self.held)),
        ]


@pytest.fixture
def town(db: None) -> City:
    return City()


def described(rule: Any) -> set[int]:
    return set(Person.objects.filter(condition_of(rule)).values_list("pk", flat=True))


def trees(count: int) -> st.SearchStrategy[Any]:
    """Rules over the clauses 0 to count - 1, given by number."""
    leaves = st.integers(0, count - 1)
    leaves_or_not = leaves | leaves.map(lambda one: {"not": one})

    def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        sets = several.map(lambda some: {"all": some}) | several.map(lambda some: {"any": some})
        return sets | sets.map(lambda one: {"not": one})

    return st.recursive(leaves_or_not, grown, max_leaves=8)


def with_clauses(tree: Any, clauses: list[dict[str, Any]]) -> Any:
    if isinstance(tree, int):
        return clauses[tree]
    if isinstance(tree, list):
        return [with_clauses(one, clauses) for one in tree]
    return {word: with_clauses(inner, clauses) for word, inner in tree.items()}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees(CLAUSES))
def test_the_database_and_the_reasons_always_agree(town: City, tree: Any) -> None:
    rule = with_clauses(tree, town.clauses())
    try:
        included = described(rule)
    except ValidationError as error:
        assert error.code == "too_deep"
        return
    people = Person.objects.select_related("unit")
    said = {one.pk for one in people if why(rule, one, reader=town.staff).holds is True}
    assert included == said


def test_there_are_as_many_clauses_as_the_random_rules_use(town: City) -> None:
    assert len(town.clauses()) == CLAUSES


def test_each_attribute_describes_whom_it_says(town: City) -> None:
    """Against plain Python, on everybody."""
    verdun, parks = str(town.verdun.uuid), str(town.parks.uuid)
    staff = [one for one in Person.objects.select_related("unit") if one.is_active and one.kind != "external"]
    in_group = set(town.group.members.values_list("pk", flat=True))
    in_space = set(Membership.objects.filter(space=town.space).values_list("person_id", flat=True))
    in_held = {*town.other_group.members.values_list("pk", flat=True), town.staff.pk}
    units = {town.verdun.pk, town.parks.pk}
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"is": "unit", "value": verdun, "below": True}, lambda one: one.unit_id in units),
        ({"is": "unit", "value": verdun}, lambda one: one.unit_id == town.verdun.pk),
        ({"is": "unit", "value": parks, "below": True}, lambda one: one.unit_id == town.parks.pk),
        ({"is": "borough", "value": verdun}, lambda one: one.borough_id == town.verdun.pk),
        ({"is": "site", "value": "Hôtel de ville"}, lambda one: one.site == "Hôtel de ville"),
        ({"is": "job_class", "value": "cadre"}, lambda one: one.job_class == "cadre"),
        ({"is": "language", "value": "en"}, lambda one: one.language == "en"),
        ({"is": "kind", "value": "elected"}, lambda one: one.kind == "elected"),
        ({"is": "manager"}, lambda one: one.is_manager),
        ({"is": "group", "value": str(town.group.uuid)}, lambda one: one.pk in in_group),
        ({"is": "community", "value": str(town.space.uuid)}, lambda one: one.pk in in_space or one == town.staff),
        ({"is": "community", "value": str(town.held.uuid)}, lambda one: one.pk in in_held),
    ]
    for clause, holds in cases:
        assert described(clause) == {one.pk for one in staff if holds(one)}, clause
        assert described({"not": clause}) == {one.pk for one in staff if not holds(one)}, clause
        assert described(clause), f"{clause} describes nobody: it proves nothing"


def test_sets_of_conditions_are_and_or_and_not(town: City) -> None:
    manager = {"is": "manager"}
    english = {"is": "language", "value": "en"}
    both, either = described({"all": [manager, english]}), described({"any": [manager, english]})
    assert both == described(manager) & described(english)
    assert either == described(manager) | described(english)
    everybody = described({"any": [manager, {"not": manager}]})
    assert described({"not": {"any": [manager, english]}}) == everybody - either
    assert described({"not": {"all": [manager, english]}}) == everybody - both


@pytest.mark.parametrize(
    "clause",
    [
        {"is": "unit", "value": GONE, "below": True},
        {"is": "borough", "value": GONE},
        {"is": "group", "value": GONE},
        {"is": "community", "value": GONE},
        {"is": "site", "value": "Édifice démoli"},
        {"is": "job_class", "value": "allumeur de réverbères"},
    ],
    ids=lambda one: one["is"],
)
def test_what_is_gone_takes_nobody_in_even_negated(town: City, clause: dict[str, Any]) -> None:
    assert described(clause) == described({"not": clause}) == set()
    assert described({"not": {"any": [clause, {"is": "manager"}]}}) == set()
    assert described({"not": {"all": [{"not": clause}]}}) == set()
    # The rest of an alternative still holds.
    assert described({"any": [clause, {"is": "manager"}]}) == described({"is": "manager"})
    with translation.override("en"):
        assert any(word in sentence_of({"not": clause}, reader=town.staff) for word in ("no longer", "any more"))


def test_a_closed_unit_and_a_withdrawn_group_are_gone(town: City) -> None:
    inside = {"is": "unit", "value": str(town.lachine.uuid), "below": True}
    assert described(inside) and described({"not": inside})
    Unit.objects.filter(pk=town.lachine.pk).update(is_active=False)
    assert described(inside) == described({"not": inside}) == set()
    assert described({"not": {"is": "group", "value": str(town.withdrawn.uuid)}}) == set()


def test_externals_are_taken_in_only_by_a_clause_that_names_them(town: City) -> None:
    external = {"is": "kind", "value": "external"}
    group = {"is": "group", "value": str(town.group.uuid)}
    externals = set(Person.objects.filter(kind="external", is_active=True).values_list("pk", flat=True))
    members = set(town.group.members.filter(is_active=True).values_list("pk", flat=True))
    assert externals & members, "the group has externals"
    assert described(external) == externals
    assert described(group) == members - externals
    assert described({"all": [external, group]}) == externals & members
    assert described({"any": [external, group]}) == externals | members
    # None of these names them: not being staff, not being anything, belonging to something.
    for rule in (
        {"not": {"is": "kind", "value": "employee"}},
        {"not": {"all": [{"not": external}]}},
        {"any": [{"all": [external, {"is": "manager"}]}, group]},
    ):
        taken = described(rule) & externals
        managers = set(Person.objects.filter(is_manager=True).values_list("pk", flat=True))
        assert taken <= managers
    assert described({"not": {"is": "kind", "value": "employee"}}) & externals == set()


NOT_RULES: list[tuple[Any, str]] = [
    (None, "not_a_rule"),
    ([], "not_a_rule"),
    ("manager", "not_a_rule"),
    ({}, "unknown_attribute"),
    ({"is": "salary", "value": "9"}, "unknown_attribute"),
    ({"is": ["manager"]}, "unknown_attribute"),
    ({"is": "manager", "value": "x"}, "no_value"),
    ({"is": "unit"}, "no_value"),
    ({"is": "site", "value": "a\0b"}, "no_value"),
    ({"is": "site", "value": "x" * 201}, "no_value"),
    ({"is": "site", "value": 5}, "not_a_rule"),
    ({"is": "site", "value": "x", "below": True}, "not_a_rule"),
    ({"is": "site", "value": "x", "kind__in": ["external"]}, "not_a_rule"),
    ({"all": []}, "empty"),
    ({"any": []}, "empty"),
    ({"all": {"is": "manager"}}, "not_a_rule"),
    ({"all": [{"is": "manager"}], "any": [{"is": "manager"}]}, "unknown_attribute"),
    ({"not": {"not": {"is": "manager"}}}, "not_a_rule"),
    ({"all": [{"is": "manager"}] * 51}, "too_many"),
    ({"is": "unit", "value": "1"}, "no_such_value"),
    ({"is": "unit", "value": GONE}, "no_such_value"),
    ({"is": "kind", "value": "robot"}, "no_such_value"),
]


@pytest.mark.parametrize(("rule", "code"), NOT_RULES, ids=lambda one: one if isinstance(one, str) else None)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_cannot_be_a_rule_is_refused_in_words(town: City, rule: Any, code: str, language: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refusal:
        check(rule, author=town.staff)
    assert refusal.value.code == code
    assert len(refusal.value.messages[0]) > 10


def nested(depth: int) -> Any:
    rule: Any = {"is": "manager"}
    for _level in range(depth):
        rule = {"all": [rule]}
    return rule


def test_rules_have_a_largest_size(town: City) -> None:
    check(nested(5), author=town.staff)
    check({"all": [{"is": "manager"}] * 50}, author=town.staff)
    for rule in (nested(6), nested(5000)):
        with pytest.raises(ValidationError) as refusal:
            check(rule, author=town.staff)
        assert refusal.value.code == "too_deep"
    # The largest rule is still answered.
    clauses = town.clauses()[:8]
    assert described({"any": [clauses[number % 8] for number in range(50)]})


def test_only_what_the_author_sees_can_be_named(town: City) -> None:
    secret_group = Group.objects.create(name_fr="Enquête interne", is_public=False)
    secret_space = create_community(actor=town.staff, name_fr="Négociations", access=Space.Access.HIDDEN)
    author = make_person("un.gestionnaire", is_manager=True)
    for rule in (
        {"is": "group", "value": str(secret_group.uuid)},
        {"is": "community", "value": str(secret_space.uuid)},
    ):
        check(rule, author=town.staff)
        with pytest.raises(ValidationError) as refused:
            check(rule, author=author)
        with pytest.raises(ValidationError) as unknown:
            check({**rule, "value": GONE}, author=author)
        # SECURITY: the same words, whether it is hidden or does not exist.
        assert refused.value.messages == unknown.value.messages
        # What another author put there may stay; its name is not said.
        check(rule, author=author, kept={"all": [rule, {"is": "manager"}]})
        sentence = sentence_of(rule, reader=author)
        assert "Enquête" not in sentence and "Négociations" not in sentence
        verdict = why(rule, author, reader=author)
        assert "Enquête" not in verdict.sentence and "Négociations" not in verdict.sentence
        assert "Enquête" in sentence_of(rule, reader=town.staff) or "Négociations" in sentence_of(
            rule, reader=town.staff
        )


def rule_group(name: str, rule: Any) -> Group:
    return Group.objects.create(name_fr=name, source=Group.Source.RULE, rule=rule)


def named(group: Group) -> dict[str, str]:
    return {"is": "group", "value": str(group.uuid)}


def test_groups_do_not_depend_on_themselves(town: City) -> None:
    first = rule_group("Un", {"is": "manager"})
    second = rule_group("Deux", {"any": [named(first), {"is": "language", "value": "fr"}]})
    third = rule_group("Trois", {"not": named(second)})
    for rule in (named(first), named(second), {"all": [{"not": named(third)}, {"is": "manager"}]}):
        with pytest.raises(ValidationError) as refusal:
            check(rule, author=town.staff, group=first)
        assert refusal.value.code == "cycle"
    check(named(first), author=town.staff, group=third)


def test_a_circle_through_a_community_is_seen(town: City) -> None:
    group = rule_group("Par communauté", {"is": "manager"})
    Membership.objects.create(space=town.space, principal=f"group:{group.pk}", role=Role.READER)
    with pytest.raises(ValidationError) as refusal:
        check({"is": "community", "value": str(town.space.uuid)}, author=town.staff, group=group)
    assert refusal.value.code == "cycle"


def test_reasons_are_a_tree(town: City) -> None:
    person = make_person("rose.cite", unit=town.parks, is_manager=False)
    rule = {
        "all": [
            {"is": "unit", "value": str(town.verdun.uuid), "below": True},
            {"not": {"is": "manager"}},
            {"any": [{"is": "language", "value": "en"}, {"is": "group", "value": GONE}]},
        ]
    }
    person = Person.objects.select_related("unit").get(pk=person.pk)
    verdict = why(rule, person, reader=town.staff)
    assert verdict.holds is None and verdict.word == "all"
    assert [part.holds for part in verdict.parts] == [True, True, None]
    assert [part.holds for part in verdict.parts[2].parts] == [False, None]
    Person.objects.filter(pk=person.pk).update(language="en")
    person = Person.objects.select_related("unit").get(pk=person.pk)
    assert why(rule, person, reader=town.staff).holds is True
    person.is_active = False
    gone = why(rule, person, reader=town.staff)
    assert gone.holds is False and gone.parts[-1].holds is False


def test_sentences_in_both_languages(town: City) -> None:
    rule = {
        "all": [
            {"is": "unit", "value": str(town.verdun.uuid), "below": True},
            {"is": "manager"},
            {"not": {"any": [{"is": "kind", "value": "elected"}, {"is": "language", "value": "en"}]}},
        ]
    }
    with translation.override("en"):
        assert sentence_of(rule, reader=town.staff) == (
            "Unit Verdun and everything below it, and manager, and except (elected official, or interface in English)."
        )


def test_sentences_and_reasons_cost_the_same_however_many_clauses(town: City) -> None:
    def queries(rule: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            sentence_of(rule, reader=town.staff)
        return len(captured)

    clauses = town.clauses()
    assert queries({"all": clauses}) <= 10
    assert queries({"all": clauses[:1] * 40}) == queries(clauses[0])
