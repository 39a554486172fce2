"""What the directory of the demo city knows beyond names: who leads, mandates, groups kept here, what people say of
themselves. Loaded in bulk; deterministic for a seed, absences being around the day of loading."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from directory.actions.groups import evaluate_rules
from directory.actions.photos import keep_ldap_photos
from directory.actions.words import refresh_words
from directory.models import (
    Absence,
    Charge,
    Group,
    Mandate,
    PersonLanguage,
    PersonSkill,
    Position,
    Skill,
    Unit,
)
from directory.querysets import folded

from .city import boroughs, of, read_toml, units
from .heads import heads_of
from .people import HEADLESS, SIGN_INS, DemoPerson
from .photos import photo_of

BATCH = 1000
ELECTION, END = date(2025, 11, 2), date(2029, 11, 4)
FORMER_ELECTION = date(2021, 11, 7)
_SIGN_IN_NAMES = frozenset(one.username for one in SIGN_INS)


@dataclass
class City:
    """What was loaded so far, and what the rest draws from."""

    made: list[DemoPerson]
    person_ids: dict[str, int]
    unit_ids: dict[str, int]
    rng: random.Random
    today: date

    @property
    def staff(self) -> list[DemoPerson]:
        """Employees who are there."""
        return [one for one in self.made if one.kind == "employee" and one.is_active]

    def id_of(self, one: DemoPerson) -> int:
        return self.person_ids[one.username]


def load_directory(
    made: list[DemoPerson], person_ids: dict[str, int], unit_ids: dict[str, int], rng: random.Random
) -> str:
    """Load it all, then make the words and groups that follow from it. Answers a line for whoever waits."""
    city = City(made, person_ids, unit_ids, rng, timezone.localdate())
    with transaction.atomic():
        _describe_units(city)
        _load_positions(city)
        _load_mandates(city)
        _load_skills(city)
        _load_languages(city)
        absent = _load_absences(city)
        _load_by_hand(city, absent)
        _load_groups(city)
    photos = _load_photos(city)
    refresh_words([city.id_of(one) for one in made if one.is_active])
    evaluate_rules()
    counts = f"{Mandate.objects.count()} mandates, {Skill.objects.count()} skills"
    return f"{counts}, {len(absent)} people away, {photos} photos"


def _in_bulk(model: type[models.Model], rows: Iterable[Any]) -> None:
    """Insert without ever holding all the rows."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        model._default_manager.bulk_create(batch)


# -- Units and positions ---------------------------------------------------------------------------------------------
def _describe_units(city: City) -> None:
    """Missions of boroughs and services; mail and telephone of every unit."""
    missions = read_toml("missions.toml")
    names = {one.code: one.name for one in boroughs()}
    rows = list(Unit.objects.all())
    for number, unit in enumerate(rows):
        if unit.kind == Unit.Kind.CITY:
            unit.mission_fr, unit.mission_en = missions["city"]["fr"], missions["city"]["en"]
        elif unit.kind == Unit.Kind.BOROUGH:
            unit.mission_fr = missions["borough"]["fr"].replace("%", of(names[unit.code]))
            unit.mission_en = missions["borough"]["en"].replace("%", names[unit.code])
        elif unit.kind == Unit.Kind.CABINET:
            unit.mission_fr, unit.mission_en = missions["mayor_cabinet"]["fr"], missions["mayor_cabinet"]["en"]
        elif unit.kind == Unit.Kind.SERVICE:
            unit.mission_fr, unit.mission_en = missions["services"][unit.code]
        unit.email = f"{unit.code.lower()}@ville.example"
        unit.phone = f"514 555-01{number % 100:02d}"
    Unit.objects.bulk_update(rows, ["mission_fr", "mission_en", "email", "phone"], batch_size=200)


def _load_positions(city: City) -> None:
    """LDAP's own: one for everybody who is there, and who leads each unit."""
    heads = heads_of(city.made)
    by_name = {one.username: one for one in city.made}
    # Drawn by name, so that a person began the same day whatever else is loaded.
    begun = {one.username: _begun(one, city.today) for one in city.made}

    def positions() -> Iterator[Position]:
        for one in city.made:
            if one.is_active:
                yield _position(city, one, one.unit_code, Position.Kind.MEMBER, begun[one.username])
        for code, username in heads.items():
            yield _position(city, by_name[username], code, Position.Kind.HEAD, begun[username])

    _in_bulk(Position, positions())


def _begun(one: DemoPerson, today: date) -> date:
    if one.kind == "elected":
        return ELECTION
    days = random.Random(f"begun {one.username}").triangular(20, 25 * 365, 900)
    return today - timedelta(days=int(days))


def _position(city: City, one: DemoPerson, unit_code: str, kind: str, starts: date, **values: Any) -> Position:
    titles = {"title_fr": one.title_fr, "title_en": one.title_en, "source": Position.Source.LDAP, **values}
    return Position(person_id=city.id_of(one), unit_id=city.unit_ids[unit_code], kind=kind, starts=starts, **titles)


def _load_by_hand(city: City, absent: dict[str, date]) -> None:
    """Vacancies, people who stand in, and second positions: what is entered here, beside LDAP."""
    heads = heads_of(city.made)
    divisions = [one.code for one in units() if one.kind == "division"]
    rows: list[Position] = []
    staff: dict[str, list[DemoPerson]] = {}
    for one in city.staff:
        if one.username not in heads.values() and one.username not in absent:
            staff.setdefault(one.unit_code, []).append(one)
    hand = {"source": Position.Source.PORTAL, "title_fr": "", "title_en": ""}
    headless = [code for code in divisions if code not in heads]
    vacant = headless[:: max(1, len(headless) // HEADLESS)][:HEADLESS]
    for number, code in enumerate(vacant):
        since = city.today - timedelta(days=20 + 17 * number)
        vacancy = Position(unit_id=city.unit_ids[code], kind=Position.Kind.HEAD, starts=since, **hand)
        rows.append(vacancy)
        if number % 2 == 0 and staff.get(code):
            rows.append(_position(city, staff[code][0], code, Position.Kind.ACTING_HEAD, since, **hand))
    # Who is away and leads has somebody to stand in.
    by_name = {one.username: one for one in city.made}
    for username, until in absent.items():
        code = by_name[username].unit_code
        if heads.get(code) == username and staff.get(code):
            acting = _position(city, staff[code][-1], code, Position.Kind.ACTING_HEAD, city.today, **hand)
            acting.ends = until
            rows.append(acting)
    second = {
        "source": Position.Source.PORTAL,
        "title_fr": "Coordination locale des mesures d'urgence",
        "title_en": "Local emergency coordinator",
    }
    for code in [one for one in divisions if one.endswith("-TP") and staff.get(one)][:12]:
        since = city.today - timedelta(days=city.rng.randrange(60, 900))
        rows.append(_position(city, staff[code][0], "CSC-COO", Position.Kind.MEMBER, since, **second))
    _in_bulk(Position, rows)


# -- Elected officials -----------------------------------------------------------------------------------------------
def _load_mandates(city: City) -> None:
    """The 103 mandates since the last election, some of a former one, and what the council gave them."""
    council, rng = read_toml("profiles.toml")["council"], city.rng
    elected = [one for one in city.made if one.kind == "elected"]
    former = []
    mandates = []
    for one in elected:
        party = rng.choices([*council["parties"], ""], [46, 30, 15, 9])[0]
        mandate = _mandate(city, one, party, is_published=rng.random() < 0.92)
        mandates.append(mandate)
        if rng.random() < 0.35:
            earlier = _mandate(city, one, party, is_published=mandate.is_party_published)
            earlier.starts, earlier.ends = FORMER_ELECTION, ELECTION - timedelta(days=1)
            earlier.citizens_email = earlier.citizens_phone = ""
            former.append(earlier)
    Mandate.objects.bulk_create([*former, *mandates])
    by_office = {office: [one for one in mandates if one.office == office] for office in Mandate.Office.values}
    _in_bulk(Charge, [*_delegations(by_office, council), *_commissions(by_office, council, rng)])


def _mandate(city: City, one: DemoPerson, party: str, *, is_published: bool) -> Mandate:
    is_mayor = one.office == Mandate.Office.MAYOR
    cabinet = "VDM-CAB" if is_mayor or one.unit_code == "VMA" else f"{one.unit_code}-CAB"
    # Councillors are looked after by the cabinet of their borough's mayor.
    return Mandate(
        person_id=city.id_of(one),
        office=one.office,
        borough_id=None if is_mayor else city.unit_ids[one.unit_code],
        district=one.district,
        party=party,
        is_party_published=is_published,
        starts=ELECTION,
        ends=END,
        cabinet_id=city.unit_ids[cabinet],
        citizens_email=f"bureau.{'mairie' if is_mayor else one.unit_code.lower()}@ville.example",
        citizens_phone=f"514 555-01{sum(map(ord, one.unit_code)) % 100:02d}",
    )


def _delegations(by_office: dict[str, list[Mandate]], council: dict[str, Any]) -> list[Charge]:
    """The executive committee: twelve members of the council, a delegation each."""
    members = [*by_office["city_councillor"][::5], *by_office["borough_mayor"][::6]]
    return [
        Charge(
            mandate=mandate,
            kind=Charge.Kind.DELEGATION,
            name_fr=name_fr,
            name_en=name_en,
            role_fr="Responsable au comité exécutif",
            role_en="Executive committee member",
        )
        for mandate, (name_fr, name_en) in zip(members, council["delegations"], strict=False)
    ]


def _commissions(by_office: dict[str, list[Mandate]], council: dict[str, Any], rng: random.Random) -> list[Charge]:
    """Ten commissions: a chair, a vice-chair and six members each, from the city's and the boroughs' councillors."""
    pool = [*by_office["city_councillor"], *by_office["borough_councillor"]]
    roles = [("Présidence", "Chair"), ("Vice-présidence", "Vice-chair"), *[("Membre", "Member")] * 6]
    return [
        Charge(
            mandate=mandate,
            kind=Charge.Kind.COMMISSION,
            name_fr=name_fr,
            name_en=name_en,
            role_fr=role_fr,
            role_en=role_en,
        )
        for name_fr, name_en in council["commissions"]
        for mandate, (role_fr, role_en) in zip(rng.sample(pool, len(roles)), roles, strict=True)
    ]


# -- What people say of themselves -----------------------------------------------------------------------------------
def _load_skills(city: City) -> None:
    """One in four says what they know: mostly things of their trade."""
    rows = read_toml("profiles.toml")["skills"]
    made = [Skill(key=folded(fr)[:80], name_fr=fr, name_en=en) for fr, en, _trades in rows]
    Skill.objects.bulk_create(made)
    trades = {one.code: one.trade for one in units()}
    common = [skill for skill, row in zip(made, rows, strict=True) if not row[2]]
    of_trade = {
        trade: [skill for skill, row in zip(made, rows, strict=True) if trade in row[2].split()]
        for trade in {*trades.values()} - {""}
    }

    def known() -> Iterator[PersonSkill]:
        for one in city.staff:
            if one.username not in _SIGN_IN_NAMES and city.rng.random() >= 0.25:
                continue
            pool = [*of_trade.get(trades[one.unit_code], []), *common]
            for skill in city.rng.sample(pool, min(len(pool), city.rng.randrange(1, 5))):
                yield PersonSkill(person_id=city.id_of(one), skill=skill)

    _in_bulk(PersonSkill, known())


def _load_languages(city: City) -> None:
    """Most say French and English, one in four another language."""
    others = read_toml("profiles.toml")["languages"]
    weights = [1 / (place + 2) for place in range(len(others))]
    rng, level = city.rng, PersonLanguage.Level

    def spoken() -> Iterator[PersonLanguage]:
        for one in city.made:
            if not one.is_active or rng.random() < 0.15:
                continue
            pk, first, second = city.id_of(one), one.language, "en" if one.language == "fr" else "fr"
            yield PersonLanguage(person_id=pk, language=first, level=level.NATIVE)
            if rng.random() < 0.8:
                how = rng.choice([level.BASIC, level.WORKING, level.WORKING, level.FLUENT, level.FLUENT])
                yield PersonLanguage(person_id=pk, language=second, level=how)
            if rng.random() < 0.25:
                third = rng.choices(others, weights)[0]
                how = rng.choice([level.BASIC, level.WORKING, level.FLUENT, level.NATIVE])
                yield PersonLanguage(person_id=pk, language=third, level=how)

    _in_bulk(PersonLanguage, spoken())


def _load_absences(city: City) -> dict[str, date]:
    """Some four in a hundred are away today, a few soon, a few were. Answers until when, by user name of those away."""
    rng, away = city.rng, {}
    near: dict[str, list[DemoPerson]] = {}
    for one in city.staff:
        near.setdefault(one.unit_code, []).append(one)
    rows = []
    heads = set(heads_of(city.made).values())
    for one in city.staff:
        # A few heads for sure, so that somebody is seen to stand in.
        chance = 0.06 if one.username in heads else 0.04
        draw = rng.random()
        if one.username in _SIGN_IN_NAMES or draw >= chance + 0.04:
            continue
        starts = city.today - timedelta(days=rng.randrange(1, 15))
        ends = city.today + timedelta(days=rng.randrange(1, 21))
        if draw >= chance + 0.02:
            starts, ends = starts - timedelta(days=40), ends - timedelta(days=40)
        elif draw >= chance:
            starts, ends = starts + timedelta(days=30), ends + timedelta(days=30)
        else:
            away[one.username] = ends
        others = [other for other in near[one.unit_code] if other is not one]
        stands_in = rng.choice(others) if others and rng.random() < 0.8 else None
        rows.append(
            Absence(
                person_id=city.id_of(one),
                by_id=city.id_of(one),
                starts=starts,
                ends=ends,
                replacement_id=city.id_of(stands_in) if stands_in else None,
            )
        )
    _in_bulk(Absence, rows)
    return away


def working_days_of(username: str) -> str:
    """The weekdays one in six says they work: most of those four days, some have every day, a few weekends."""
    rng = random.Random(f"days {username}")
    return rng.choice(["1234", "2345", "12345", "1245", "123", "34567"]) if rng.random() < 1 / 6 else ""


def _load_photos(city: City) -> int:
    photos: dict[int, bytes | None] = {}
    for one in city.made:
        if one.is_active and (photo := photo_of(one.username)):
            photos[city.id_of(one)] = photo
    keep_ldap_photos(photos)
    return len(photos)


# -- Groups ----------------------------------------------------------------------------------------------------------
def _load_groups(city: City) -> None:
    """One group kept by hand, and two saved audiences."""
    manager = city.person_ids["kbenali"]
    watch = Group.objects.create(
        source=Group.Source.HAND,
        name_fr="Vigie hivernale",
        name_en="Winter watch",
        purpose_fr="Les personnes qu'on prévient la nuit quand la neige commence.",
        purpose_en="People who are told at night when snow begins.",
    )
    watch.owners.add(manager)
    works = [one for one in city.staff if one.unit_code.endswith("-TP")]
    watch.members.add(manager, *[city.id_of(one) for one in works[:: max(1, len(works) // 20)]])
    plateau = Unit.objects.get(code="PMR")
    senior = Group.objects.get(ldap_name="haute-direction")
    rules: list[tuple[str, str, dict[str, Any]]] = [
        (
            "Gestionnaires du Plateau",
            "Managers of the Plateau",
            {"all": [{"is": "unit", "value": str(plateau.uuid), "below": True}, {"is": "manager"}]},
        ),
        (
            "Haute direction et personnes élues",
            "Senior management and elected officials",
            {"any": [{"is": "group", "value": str(senior.uuid)}, {"is": "kind", "value": "elected"}]},
        ),
    ]
    for name_fr, name_en, rule in rules:
        group = Group.objects.create(source=Group.Source.RULE, name_fr=name_fr, name_en=name_en, rule=rule)
        group.owners.add(manager)
