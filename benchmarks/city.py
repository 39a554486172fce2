"""A large city made inside PostgreSQL, for the visibility measures: people, spaces, audiences, content.

Everything is made by the database itself (`generate_series`), from a seed, through the real tables: a minute or two for
a million rows. What matters for the measure is in it: spaces of very unequal size, a tenth of them dormant for years,
one large dormant space that hardly anyone reads, one tiny one, content with audiences of its own, drafts, shares.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import NOT_PROVIDED

DAY = "interval '1 day'"


@dataclass(frozen=True)
class Size:
    """How much of each. `old` rows go to the large dormant space; spaces are numbered 1 to `spaces`."""

    name: str
    people: int
    spaces: int
    audiences: int
    memberships_each: float
    content: int
    old: int
    comments: int
    shares: int
    activities: int


FULL = Size("full", 28_000, 1_000, 5_000, 7.73, 1_000_000, 45_000, 300_000, 20_000, 200_000)
SMALL = Size("small", 300, 60, 200, 4.0, 10_000, 450, 3_000, 200, 2_000)
TINY_ROWS = 9
UNITS = 60
PERSONAL = 20


@dataclass(frozen=True)
class Specimen:
    """A person whose questions are measured. `spaces` is the SQL condition on the spaces they belong to."""

    key: str
    says: str
    spaces: str
    kind: str = "employee"
    shares: int = 0


# In the order of their ids, the last ones of the city. "dormant" is a condition on the space's number, below.
DORMANT = "(id % 10 = 7 AND id <= {spaces})"
OLD, TINY = "id = {spaces} - 1", "id = {spaces}"
MANY = "id IN (SELECT (n * 16 + 3) % ({spaces} - 2) + 1 FROM generate_series(1, 60) n)"
FEW = "id IN (3, 11, 20, 41, 52)"
SPECIMENS = (
    Specimen("ordinary", "an employee in 5 communities", FEW),
    Specimen("heavy", "an employee in 60 communities", MANY),
    Specimen("newcomer", "an employee in none", "FALSE"),
    Specimen("outsider", "an external in one space of 9 things", TINY, "external"),
    Specimen(
        "dormant", "an external in a large and a tiny space, both asleep for years", f"{OLD} OR {TINY}", "external"
    ),
    Specimen("old only", "an external in the large sleeping space", OLD, "external"),
    Specimen("asleep", "an employee whose 5 communities all sleep", f"{DORMANT} AND id < 50"),
    Specimen("partner", "an external in 25 spaces", "id % 40 = 3 AND id <= {spaces}", "external"),
    Specimen("sleepers", "an external in every dormant space", DORMANT, "external"),
    Specimen("nobody", "an external in no space", "FALSE", "external"),
    Specimen("ordinary+shares", "the first, with 200 shares", FEW, shares=200),
    Specimen("outsider+shares", "the external in one tiny space, with 200 shares", TINY, "external", shares=200),
    Specimen("dormant+shares", "the two sleeping spaces, with 200 shares", f"{OLD} OR {TINY}", "external", shares=200),
    Specimen("nobody+shares", "an external in no space, with 200 shares", "FALSE", "external", shares=200),
)


def specimen_id(size: Size, specimen: Specimen) -> int:
    """The id of a specimen among the people of the city."""
    return size.people - len(SPECIMENS) + SPECIMENS.index(specimen) + 1


def sources() -> list[Path]:
    """What the data depend on, besides the schema."""
    return [Path(__file__)]


def build(size: Size, say: Callable[[str], None]) -> None:
    """Fill the migrated, empty database with the city."""
    steps = (_directory, _audiences, _spaces, _content, _children, _shares, _activities)
    with transaction.atomic(), connection.cursor() as cursor:
        # Keys are right by construction: a million checks of each would be most of the work.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT setseed(0.42)")
        for step in steps:
            say(f"  {step.__name__.strip('_')}")
            step(size)
        for model in apps.get_models():
            if model._meta.pk.get_internal_type() == "BigAutoField" and model._meta.managed:
                table = model._meta.db_table
                last = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
    connection.ensure_connection()
    with connection.cursor() as cursor:
        say("  statistics")
        cursor.execute("VACUUM (ANALYZE)")


def insert(label: str, source: str, **columns: str) -> None:
    """One INSERT … SELECT into a model's table. `columns` are SQL expressions over `source`, the FROM clause and what
    follows; other fields get their default, so that a new field of the model breaks nothing here."""
    model = apps.get_model(label)
    values = {
        field.column: columns.pop(field.column, None) or _default(field) for field in model._meta.local_concrete_fields
    }
    values = {column: value for column, value in values.items() if value}
    if columns:
        raise LookupError(f"{label} has no {', '.join(columns)}")
    names = ", ".join(f'"{name}"' for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {', '.join(values.values())} FROM {source}"
        )


def _default(field: "models.Field[Any, Any]") -> str:
    if isinstance(field, models.AutoField):
        return ""
    if isinstance(field, models.UUIDField) and not field.null:
        return "gen_random_uuid()"
    if field.null:
        return "NULL"
    if isinstance(field, models.DateTimeField):
        return "now()"
    value = field.get_default() if field.default is not NOT_PROVIDED else ""
    if isinstance(field, models.JSONField):
        return f"'{json.dumps(value)}'::jsonb"
    return {True: "TRUE", False: "FALSE"}.get(value, str(value)) if isinstance(value, bool | int) else f"'{value}'"


@contextmanager
def _without_indexes(table: str) -> Iterator[None]:
    """Indexes that hold no constraint are made at the end, in one sort each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisunique",
            [table],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in found:
            cursor.execute(definition)


def _directory(size: Size) -> None:
    series = f"generate_series(1, {UNITS}) n"
    insert(
        "directory.Unit", series, id="n", code="'U' || n", name_fr="'Unité ' || n", name_en="'Unit ' || n",
        parent_id="CASE WHEN n > 1 THEN CASE WHEN n <= 20 THEN 1 ELSE n % 19 + 2 END END",
        path="CASE WHEN n = 1 THEN '/1/' WHEN n <= 20 THEN '/1/' || n || '/' "
        "ELSE '/1/' || (n % 19 + 2) || '/' || n || '/' END",
    )  # fmt: skip
    insert("directory.Group", "generate_series(1, 200) n", id="n", name_fr="'Groupe ' || n", name_en="'Group ' || n")
    first = specimen_id(size, SPECIMENS[0])
    externals = [specimen_id(size, one) for one in SPECIMENS if one.kind == "external"]
    insert(
        "directory.Person", f"generate_series(1, {size.people}) n", id="n", username="'personne.' || n",
        given_name="'Camille'", family_name="'Essai ' || n", search_name="'essai ' || n || ' camille'",
        password="'!'", created=f"now() - 2000 * {DAY}",
        kind=f"CASE WHEN n IN ({', '.join(map(str, externals))}) OR (n < {first} AND n % 70 = 69) THEN 'external' "
        "WHEN n % 270 = 5 THEN 'elected' ELSE 'employee' END",
        unit_id=f"CASE WHEN n NOT IN ({', '.join(map(str, externals))}) THEN n % {UNITS} + 1 END",
    )  # fmt: skip
    through = apps.get_model("directory", "Group").members.through._meta.label
    insert(
        through,
        f"(SELECT n, (n * 7 + k * 31) % 200 + 1 AS g FROM generate_series(1, {size.people}) n, generate_series(1, 2) k "
        f"WHERE n < {first} OR n < {first + 3}) x",
        person_id="n", group_id="g",
    )  # fmt: skip


def _audiences(size: Size) -> None:
    """1 is everyone, 2 the elected, then one per unit, then sets of units, groups and a few people."""
    insert("audiences.Audience", f"generate_series(1, {size.audiences}) n", id="n", digest="md5(n::text)")
    insert(
        "audiences.AudiencePrincipal",
        f"""(SELECT 1 AS a, 'everyone' AS p UNION ALL SELECT 2, 'elected'
             UNION ALL SELECT n + 2, 'unit:' || n FROM generate_series(1, {UNITS}) n
             UNION SELECT n, CASE WHEN (n + k) % 3 = 0 THEN 'unit:' || (n * 7 + k * 13) % {UNITS} + 1
                                  WHEN (n + k) % 3 = 1 THEN 'group:' || (n * 11 + k * 17) % 200 + 1
                                  ELSE 'person:' || (n * 5 + k) % {size.people} + 1 END
             FROM generate_series({UNITS + 3}, {size.audiences}) n, generate_series(1, 5) k WHERE k <= n % 5 + 1) x""",
        audience_id="a",
        principal="p",
    )


def _spaces(size: Size) -> None:
    """Six in ten open to everyone, two to an audience, some restricted or hidden; every tenth dormant (`DORMANT`)."""
    last = size.spaces - 1
    insert(
        "spaces.Space", f"generate_series(1, {size.spaces}) n", id="n", slug="'espace-' || n",
        name_fr="'Espace ' || n", name_en="'Space ' || n",
        kind="CASE WHEN n % 10 = 8 THEN 'unit' WHEN n % 50 = 9 THEN 'site' WHEN n % 200 = 19 THEN 'council' "
        "ELSE 'community' END",
        access=f"CASE WHEN n >= {last} OR n % 20 = 19 THEN 'hidden' "
        "WHEN n % 20 >= 16 THEN 'restricted' ELSE 'open' END",
        audience_id=f"CASE WHEN n >= {last} OR n % 20 = 19 THEN NULL "
        f"WHEN n % 20 BETWEEN 12 AND 15 THEN n % {size.audiences - 3} + 3 ELSE 1 END",
        created=f"now() - 3000 * {DAY}",
    )  # fmt: skip
    insert(
        "spaces.Space", f"generate_series(1, {PERSONAL}) n", id=f"{size.spaces} + n", kind="'personal'",
        slug="'personnel-' || n", name_fr="'Personnel ' || n", access="'hidden'", created=f"now() - 900 * {DAY}",
    )  # fmt: skip
    first = specimen_id(size, SPECIMENS[0])
    wanted = int(first * size.memberships_each * 1.01)
    role = "CASE WHEN k % 50 = 0 THEN 40 WHEN k % 12 = 0 THEN 30 WHEN k % 5 = 0 THEN 10 ELSE 20 END"
    insert(
        "spaces.Membership",
        f"(SELECT p, s, min(k) AS k FROM (SELECT k, 1 + floor(random() * {first - 1})::int AS p, "
        f"1 + floor(random() ^ 1.5 * {size.spaces - 2})::int AS s FROM generate_series(1, {wanted}) k) y "
        "GROUP BY p, s) x",
        person_id="p", space_id="s", role=role,
    )  # fmt: skip
    insert(
        "spaces.Membership", f"generate_series(1, {UNITS}) n", space_id=f"n * 10 % {size.spaces - 2} + 1",
        principal="'unit:' || n", role="10",
    )  # fmt: skip
    insert(
        "spaces.Membership",
        f"generate_series(1, {PERSONAL}) n",
        space_id=f"{size.spaces} + n",
        person_id="n",
        role="40",
    )
    for specimen in SPECIMENS:
        person = str(specimen_id(size, specimen))
        # The first space of each is theirs to edit, so that the rule on drafts is measured with the rest.
        insert(
            "spaces.Membership",
            f"(SELECT id, row_number() OVER (ORDER BY id) AS place FROM spaces_space "
            f"WHERE {specimen.spaces.format(spaces=size.spaces)}) s",
            space_id="id",
            person_id=person,
            role="CASE WHEN place = 1 THEN 30 ELSE 20 END",
        )


def _content(size: Size) -> None:
    """Unequal spaces: the largest holds some 3 % of the city, the smallest a few hundred rows."""
    special = size.old + TINY_ROWS + PERSONAL * 5
    ordinary = size.content - special
    spread = f"(floor(random() ^ 2 * {size.spaces - 2})::bigint * 379) % {size.spaces - 2} + 1"
    rows = f"""
        (SELECT i, {spread} AS space, random() AS r, random() AS q FROM generate_series(1, {ordinary}) i
         UNION ALL SELECT i, {size.spaces - 1}, random(), random() FROM generate_series(1, {size.old}) i
         UNION ALL SELECT i, {size.spaces}, random(), random() FROM generate_series(1, {TINY_ROWS}) i
         UNION ALL SELECT i, {size.spaces} + i % {PERSONAL} + 1, random(), random()
                   FROM generate_series(1, {PERSONAL * 5}) i) a"""
    # The dormant ones have not moved for five to eight years; elsewhere most of it is recent.
    asleep = f"space % 10 = 7 OR space BETWEEN {size.spaces - 1} AND {size.spaces}"
    dated = f"""
        (SELECT *, now() - {DAY} * CASE WHEN {asleep} THEN 1830 + r * 1000 ELSE r * r * 1800 END AS updated
         FROM {rows}) b"""
    created = f"updated - q * 60 * {DAY}"
    with _without_indexes("content_content"):
        insert(
            "content.Content",
            # Stored in the order things were made, as a real table is.
            f"(SELECT *, {created} AS created FROM {dated} ORDER BY {created}) c",
            space_id="space",
            kind="CASE WHEN i % 20 < 10 THEN 'topic' WHEN i % 20 < 15 THEN 'file' WHEN i % 20 < 18 THEN 'page' "
            "WHEN i % 20 = 18 THEN 'notice' ELSE 'event' END",
            # A fifth has an audience of its own; `i / 20` so that kinds and audiences do not go together.
            audience_id=f"CASE WHEN (i / 20) % 5 = 0 THEN 1 + floor(random() * {size.audiences})::int END",
            title="'Sujet numéro ' || i || ' de l’espace ' || space",
            language="CASE WHEN i % 10 = 3 THEN 'en' ELSE 'fr' END",
            author_id=f"1 + floor(random() * {size.people})::int",
            owner_id=f"1 + floor(random() * {size.people})::int",
            state="CASE WHEN q < 0.02 THEN 'draft' WHEN q < 0.04 THEN 'trashed' WHEN q < 0.07 THEN 'archived' "
            "ELSE 'published' END",
            created="created",
            updated="updated",
            published="created",
        )  # fmt: skip


def _children(size: Size) -> None:
    """The rows of topics beside their content, and comments on a part of them."""
    with _without_indexes("communities_topic"):
        insert(
            "communities.Topic", "content_content WHERE kind = 'topic'",
            content_ptr_id="id", body="repeat('Une question de plusieurs lignes. ', 10)",
            body_html="'<p>' || repeat('Une question de plusieurs lignes. ', 10) || '</p>'",
        )  # fmt: skip
    with _without_indexes("discussion_comment"):
        insert(
            "discussion.Comment",
            f"(SELECT c.id, c.updated, k, (c.id * 7 + k) % {size.people} + 1 AS author FROM "
            "(SELECT id, updated FROM content_content WHERE kind = 'topic' "
            f"ORDER BY updated DESC LIMIT {size.comments // 5}) c, generate_series(1, 5) k) x",
            content_id="id", author_id="author", body="'Merci, c’est utile.'", body_html="'<p>Merci, c’est utile.</p>'",
            created="updated - k * interval '1 minute'",
        )  # fmt: skip


def _shares(size: Size) -> None:
    anyone = f"SELECT id, id % {size.people} + 1 AS whom, row_number() OVER () AS place FROM content_content"
    insert(
        "content.Share",
        f"({anyone} WHERE id % {max(1, size.content // size.shares)} = 1) x",
        content_id="id", principal="CASE WHEN place % 4 = 0 THEN 'group:' || id % 200 + 1 ELSE 'person:' || whom END",
        by_id="1", withdrawn="CASE WHEN place % 10 = 0 THEN now() END",
        expires="CASE WHEN place % 7 = 0 THEN now() - interval '1 day' "
        "WHEN place % 7 = 1 THEN now() + interval '1 year' END",
    )  # fmt: skip
    for specimen in SPECIMENS:
        if specimen.shares:
            person = specimen_id(size, specimen)
            every = max(1, size.content // specimen.shares)
            insert(
                "content.Share", f"content_content WHERE id % {every} = {person} % {every}",
                content_id="id", principal=f"'person:{person}'", by_id="2",
            )  # fmt: skip


def _activities(size: Size) -> None:
    """What happened, who was told: half a year of it, one in a hundred addressed to everybody."""
    every = max(1, size.content // size.activities)
    first = specimen_id(size, SPECIMENS[0])
    insert(
        "activity.Activity", f"content_content WHERE id % {every} = 0",
        id="id", verb="'topic.started'", actor_id="author_id", content_id="id", space_id="space_id",
        created="updated", fanned_out="updated",
    )  # fmt: skip
    insert(
        "activity.Notification",
        "(SELECT id, created, row_number() OVER (ORDER BY created DESC) AS place FROM activity_activity) x",
        activity_id="id", reason="CASE WHEN place % 100 = 0 THEN 'audience' ELSE 'follow' END", created="created",
        person_id=f"CASE WHEN place % 100 <> 0 THEN CASE WHEN place % 50 = 1 THEN "
        f"{first} + place / 50 % {len(SPECIMENS)} ELSE place % {size.people} + 1 END END",
        audience_id="CASE WHEN place % 100 = 0 THEN 1 END",
    )  # fmt: skip
