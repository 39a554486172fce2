"""Fills an empty database with the demo city, one stage after the other, each in its own transaction."""

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from applications.actions import add_application
from directory.actions import create_unit, search_name_of
from directory.ldif import entries_for, ssha
from directory.models import Group, Person, Unit
from foundation.activity.actions import quietly
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import ELECTED, EVERYONE, principal
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space

from .applications import applications
from .city import units
from .conversations import load_conversations
from .people import BY_ROLE, DEMO_PASSWORD, GROUPS, SIGN_INS, DemoPerson, people

Say = Callable[[str], Any]
ADMINISTRATORS = "administrateurs-parvis"
BATCH = 1000


class NotEmpty(Exception):
    """There are people already: the demo city never mixes with them."""


def is_empty() -> bool:
    """Whether nobody is in the database yet."""
    return not Person.objects.exists()


def sign_ins() -> list[dict[str, str]]:
    """The seven people one can be, as `role`, `username`, `password`, `name`."""
    return [
        {
            "role": one.role,
            "username": one.username,
            "password": DEMO_PASSWORD,
            "name": f"{one.name.given} {one.name.family}",
        }
        for one in SIGN_INS
    ]


def load(count: int, seed: int, *, local_passwords: bool = False, say: Say = print) -> None:
    """Load the whole demo city of `count` people. NotEmpty when there are people, ValueError for too few.

    With `local_passwords` the seven sign-ins get in without a directory server.
    """
    if not is_empty():
        raise NotEmpty
    made = people(count, seed)
    with transaction.atomic():
        unit_ids = _load_units()
        person_ids = _load_people(made, unit_ids, local_passwords=local_passwords)
        _load_groups(made, person_ids)
    say(f"{len(unit_ids)} units, {len(made)} people, {len(GROUPS)} groups")
    # Nobody is told of what the demo invents, except where the conversations choose to (see `conversations`).
    with quietly():
        say(load_conversations(made, random.Random(seed)))
        with transaction.atomic():
            say(f"{_load_applications(unit_ids)} applications")
    path = _write_ldif(made)
    say(f"directory entries written to {path}")


def _load_units() -> dict[str, int]:
    """Answers the ids by code."""
    loaded: dict[str, Unit] = {}
    for unit in units():
        parent = loaded[unit.parent_code] if unit.parent_code else None
        loaded[unit.code] = create_unit(unit.code, unit.name_fr, name_en=unit.name_en, kind=unit.kind, parent=parent)
    return {code: unit.pk for code, unit in loaded.items()}


def _load_people(made: list[DemoPerson], unit_ids: dict[str, int], *, local_passwords: bool) -> dict[str, int]:
    """Answers the ids by user name. In waves, managers before the people they manage: 28,000 rows in 28 inserts."""
    ids: dict[str, int] = {}
    # One hash serves the seven: a good one is slow on purpose.
    password = make_password(DEMO_PASSWORD) if local_passwords else ""
    waiting = made
    while waiting:
        now = [one for one in waiting if not one.manager_username or one.manager_username in ids]
        rows = [_row(one, ids, unit_ids, password) for one in now]
        Person.objects.bulk_create(rows, batch_size=BATCH)
        ids.update({row.username: row.pk for row in rows})
        waiting = [one for one in waiting if one.username not in ids]
    return ids


_SIGN_IN_NAMES = frozenset(one.username for one in SIGN_INS)


def _row(one: DemoPerson, ids: dict[str, int], unit_ids: dict[str, int], password: str) -> Person:
    return Person(
        username=one.username,
        password=password if password and one.username in _SIGN_IN_NAMES else make_password(None),
        entry_uuid=one.entry_uuid,
        employee_number=one.employee_number,
        kind=one.kind,
        given_name=one.given_name,
        family_name=one.family_name,
        title_fr=one.title_fr,
        title_en=one.title_en,
        unit_id=unit_ids[one.unit_code],
        manager_id=ids[one.manager_username] if one.manager_username else None,
        email=one.email,
        phone=one.phone,
        mobile=one.mobile,
        notes_name=one.notes_name,
        site=one.site,
        room=one.room,
        job_class=one.job_class,
        language=one.language,
        search_name=search_name_of(one.given_name, one.family_name),
        is_active=one.is_active,
        is_staff=ADMINISTRATORS in one.groups,
        is_superuser=one.username == BY_ROLE["administrator"].username,
    )


def _load_groups(made: list[DemoPerson], ids: dict[str, int]) -> None:
    through = Group.members.through
    for name, (name_fr, name_en) in GROUPS.items():
        group = Group.objects.create(ldap_name=name, name_fr=name_fr, name_en=name_en)
        rows = [through(group_id=group.pk, person_id=ids[one.username]) for one in made if name in one.groups]
        through.objects.bulk_create(rows, batch_size=BATCH)


def _load_applications(unit_ids: dict[str, int]) -> int:
    """Answers how many."""
    keeper = Person.objects.with_unit().get(username=BY_ROLE["administrator"].username)
    space = create_space(
        Space.Kind.SITE,
        actor=keeper,
        name_fr="Applications de la Ville",
        name_en="City applications",
        description_fr="Le registre des outils de travail et des adresses qui y mènent.",
        description_en="The register of working tools and of the addresses that lead to them.",
        audience=audience_of({EVERYONE}),
    )
    for order, one in enumerate(applications(), 1):
        audience = None
        if one.elected_only:
            # Whoever runs the tool must see that it is there.
            audience = audience_of({ELECTED, principal("unit", unit_ids["GRE"])})
        elif one.unit_code:
            audience = audience_of({principal("unit", unit_ids[one.unit_code])})
        add_application(
            space,
            actor=keeper,
            title=one.name_fr,
            title_translated=one.name_en,
            description_fr=one.description_fr,
            description_en=one.description_en,
            address=one.address,
            icon=one.icon,
            category=one.category,
            audience=audience,
            order=order * 10,
        )
    return len(applications())


def _write_ldif(made: list[DemoPerson]) -> Path:
    """The same people for the demo directory server. Answers the file."""
    folder = settings.DATA_DIR / "slapd"
    # SECURITY: the server's folder, which will hold its key; nobody else reads it, whoever makes it first.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "demo.ldif"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(ldif_entries(made))
    return path


def ldif_entries(made: Iterable[DemoPerson]) -> Iterator[str]:
    """The LDIF entries of the demo city: units, people, groups."""
    parents = {one.code: one.parent_code for one in units()}
    kinds = {one.code: one.kind for one in units()}
    # One hash serves everybody: the password is no secret.
    password = ssha(DEMO_PASSWORD)

    def borough_of(code: str | None) -> str:
        while code and kinds[code] != "borough":
            code = parents[code]
        return code or ""

    return entries_for(
        (
            {
                "username": one.username,
                "given_name": one.given_name,
                "family_name": one.family_name,
                "title_fr": one.title_fr,
                "title_en": one.title_en,
                "unit_code": one.unit_code,
                "manager_username": one.manager_username or "",
                "email": one.email,
                "phone": one.phone,
                "mobile": one.mobile,
                "notes_name": one.notes_name,
                "site": one.site,
                "room": one.room,
                "job_class": one.job_class,
                "language": one.language,
                "kind": one.kind,
                "employee_number": one.employee_number,
                "borough_code": borough_of(one.unit_code),
                "is_active": one.is_active,
                "password": password,
                "groups": one.groups,
                "entry_uuid": one.entry_uuid,
            }
            for one in made
        ),
        (
            {
                "code": one.code,
                "name_fr": one.name_fr,
                "name_en": one.name_en,
                "kind": one.kind,
                "parent_code": one.parent_code or "",
            }
            for one in units()
        ),
        ({"name": name, "name_fr": fr, "name_en": en} for name, (fr, en) in GROUPS.items()),
    )
