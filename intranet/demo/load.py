"""Fills an empty database with the demo city, one stage after the other, each in its own transaction."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from applications.actions import add_application, move_place
from applications.models import Door
from directory.actions import search_name_of
from directory.entries import canonical_dn
from directory.ldif import entries_for, entry_uuid, group_dn, person_dn, ssha
from directory.models import Group, Person, Unit
from foundation.activity.actions import quietly
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import ELECTED, EVERYONE, forget, principal
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space

from .alerts import load_alerts
from .applications import applications
from .boards import load_boards
from .city import DemoUnit, units
from .conversations import load_conversations
from .directory import load_directory, working_days_of
from .heads import heads_of
from .health import load_health
from .launchers import load_launchers
from .notices import load_notices
from .people import BY_ROLE, DEMO_PASSWORD, GROUPS, SIGN_INS, SUBGROUPS, DemoPerson, people
from .photos import photo_of
from .register import load_register
from .registration import load_registration
from .sign_in import load_sign_in
from .sites import load_sites

Say = Callable[[str], Any]
ADMINISTRATORS = "administrateurs-parvis"
BATCH = 1000
# A community that took the place of a Notes database.
MOVED_TO, MOVED_REPLICA = "Gestion documentaire", "852570C1004A7E2B"


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
        unit_ids = _load_units(heads_of(made))
        person_ids = _load_people(made, unit_ids, local_passwords=local_passwords)
        _load_groups(made, person_ids)
    say(f"{len(unit_ids)} units, {len(made)} people, {len(GROUPS)} groups")
    say(load_directory(made, person_ids, unit_ids, random.Random(seed)))
    # Nobody is told of what the demo invents, except where the conversations choose to (see `conversations`).
    with quietly():
        say(load_conversations(made, random.Random(seed)))
        with transaction.atomic():
            say(f"{_load_applications(unit_ids)} applications")
            say(load_register())
            say(load_health(seed))
            say(load_launchers())
            register = Space.objects.filter(content__kind="application").distinct().get()
            keeper = Person.objects.with_unit().get(username=BY_ROLE["administrator"].username)
            say(load_registration(register, keeper))
        say(load_boards(seed))
        say(f"{load_sites()} sites")
        say(f"{load_notices()} notices")
        borough = Space.objects.filter(kind=Space.Kind.SITE, site__unit__kind="borough").order_by("slug").first()
        if borough is not None:
            say(f"{load_alerts(borough)} alert")
    path = _write_ldif(made)
    say(f"directory entries written to {path}")


def _load_units(heads: dict[str, str]) -> dict[str, int]:
    """The tree as LDAP has it, with who leads each unit. Answers the ids by code."""
    loaded: dict[str, Unit] = {}
    waiting = list(units())
    while waiting:
        now = [one for one in waiting if not one.parent_code or one.parent_code in loaded]
        rows = [_unit(one, loaded.get(one.parent_code or ""), heads) for one in now]
        Unit.objects.bulk_create(rows)
        for row in rows:
            row.path = f"{row.parent.path if row.parent else '/'}{row.pk}/"
        Unit.objects.bulk_update(rows, ["path"], batch_size=BATCH)
        loaded.update({row.code: row for row in rows})
        waiting = [one for one in waiting if one.code not in loaded]
    return {code: unit.pk for code, unit in loaded.items()}


def _unit(one: DemoUnit, parent: Unit | None, heads: dict[str, str]) -> Unit:
    return Unit(
        entry_uuid=entry_uuid("unit", one.code),
        code=one.code,
        kind=one.kind,
        name_fr=one.name_fr,
        name_en=one.name_en,
        parent=parent,
        ldap_name_fr=one.name_fr,
        ldap_name_en=one.name_en,
        ldap_parent=one.parent_code or "",
        ldap_head=_dn(heads[one.code]) if one.code in heads else "",
    )


def _load_people(made: list[DemoPerson], unit_ids: dict[str, int], *, local_passwords: bool) -> dict[str, int]:
    """Answers the ids by user name. In waves, managers before the people they manage: 28,000 rows in 28 inserts."""
    ids: dict[str, int] = {}
    # One hash serves the seven: a good one is slow on purpose.
    password = make_password(DEMO_PASSWORD) if local_passwords else ""
    waiting = made
    manages = {one.manager_username for one in made if one.is_active}
    boroughs = _boroughs()
    today = timezone.localdate()
    while waiting:
        now = [one for one in waiting if not one.manager_username or one.manager_username in ids]
        rows = [_row(one, ids, unit_ids, password) for one in now]
        for row, one in zip(rows, now, strict=True):
            row.borough_id = unit_ids.get(boroughs[one.unit_code])
            row.is_manager = one.username in manages
            # Somebody who left did so within the year.
            row.left = None if one.is_active else today - timedelta(days=int(one.employee_number) % 330)
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
        working_days=working_days_of(one.username) if one.is_active else "",
        ldap_dn=_dn(one.username),
        ldap_unit=one.unit_code,
        ldap_manager=_dn(one.manager_username) if one.manager_username else "",
    )


def _dn(username: str) -> str:
    """Their name in the demo directory, as the sync keeps it."""
    return canonical_dn(person_dn(username))


def _boroughs() -> dict[str, str]:
    """By code of unit, the code of the borough it is or belongs to; empty elsewhere. Parents come first."""
    found: dict[str, str] = {}
    for one in units():
        found[one.code] = one.code if one.kind == "borough" else found.get(one.parent_code or "", "")
    return found


def _load_groups(made: list[DemoPerson], ids: dict[str, int]) -> None:
    through = Group.members.through
    groups: dict[str, Group] = {}
    for name, (name_fr, name_en) in GROUPS.items():
        groups[name] = group = Group.objects.create(
            source=Group.Source.LDAP,
            ldap_name=name,
            name_fr=name_fr,
            name_en=name_en,
            entry_uuid=entry_uuid("group", name),
            ldap_dn=canonical_dn(group_dn(name)),
        )
        # Groups of groups come last: the people of those they are made of are theirs.
        wanted = {name, *SUBGROUPS.get(name, ())}
        belong = [one for one in made if one.is_active and wanted & set(one.groups)]
        rows = [through(group_id=group.pk, person_id=ids[one.username]) for one in belong]
        through.objects.bulk_create(rows, batch_size=BATCH)
        group.subgroups.add(*(groups[one] for one in SUBGROUPS.get(name, ())))


def _load_applications(unit_ids: dict[str, int]) -> int:
    """Answers how many."""
    keeper = Person.objects.with_unit().get(username=BY_ROLE["administrator"].username)
    space = create_space(
        Space.Kind.UNIT,
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
            opens_with=Door.NOTES if one.notes else Door.WEB,
            address=one.address,
            notes_link=one.notes,
            icon=one.icon,
            category=one.category,
            audience=audience,
            order=order * 10,
            # The last one has just gone into service; the others have been there for a while.
            service_from=timezone.now() - timedelta(days=3 if order == len(applications()) else 400),
        )
    # A database of Notes that became a community; links to it that are in texts lead there (`texts/topics`).
    moved = Space.objects.filter(kind=Space.Kind.COMMUNITY, name_fr=MOVED_TO).first()
    if moved is not None:
        forget(keeper)
        move_place(MOVED_REPLICA, "", moved.get_absolute_url(), actor=keeper)
    load_sign_in(keeper)
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
    made = list(made)
    boroughs, heads = _boroughs(), heads_of(made)
    # One hash serves everybody: the password is no secret.
    password = ssha(DEMO_PASSWORD)
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
                "borough_code": boroughs[one.unit_code],
                "is_active": one.is_active,
                "password": password,
                "groups": one.groups,
                "entry_uuid": one.entry_uuid,
                "photo": photo_of(one.username),
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
                "head_username": heads.get(one.code, ""),
            }
            for one in units()
        ),
        (
            {"name": name, "name_fr": fr, "name_en": en, "subgroups": SUBGROUPS.get(name, ())}
            for name, (fr, en) in GROUPS.items()
        ),
    )
