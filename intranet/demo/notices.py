"""The official publications of the demo city, through the actions that people use."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from directory.models import Person
from foundation.audiences.principals import EVERYONE, forget, principal
from foundation.content.models import Content
from foundation.spaces.models import Membership, Role
from publications.actions import publish_now, save_draft, start_draft, submit
from publications.models import Notice, Site, Tag

from .city import read_toml


def load_notices() -> int:
    """Call it within `quietly()`, once the sites are there. Answers how many are published."""
    texts = read_toml("notices.toml")
    Tag.objects.bulk_create(Tag(slug=one["slug"], name_fr=one["fr"], name_en=one["en"]) for one in texts["subjects"])
    sites = {one.space.slug: one for one in Site.objects.select_related("space", "unit")}
    rows = sorted(texts["notices"], key=lambda one: -one["days"])
    for row in rows:
        with transaction.atomic():
            _publish(sites[row["site"]], row)
    for row in texts["drafts"]:
        with transaction.atomic():
            writer = _writer(sites[row["site"]])
            draft = start_draft(sites[row["site"]].space, _values(sites[row["site"]], row), actor=writer)
            if row.get("submitted"):
                submit(draft, actor=writer)
    return len(rows)


def _writer(site: Site) -> Person:
    """Somebody of the unit who writes for its site, and never approves there."""
    people = Person.objects.filter(is_active=True, kind="employee", unit__path__startswith=site.unit.path)
    owners = Membership.objects.filter(space=site.space, role=Role.OWNER, person__isnull=False).values("person_id")
    found = people.exclude(pk__in=owners).with_unit().order_by("-is_manager", "search_name", "pk").first()
    assert found is not None, f"nobody works in {site.unit.code}"
    Membership.objects.get_or_create(space=site.space, person=found, defaults={"role": Role.CONTRIBUTOR})
    forget(found)
    return found


def _approver(site: Site, writer: Person) -> Person:
    """Whoever approves for the site; of a site where nobody does yet, somebody of its unit."""
    owners = Membership.objects.filter(space=site.space, role=Role.OWNER, person__isnull=False)
    found = Person.objects.with_unit().filter(pk__in=owners.values("person_id")).exclude(pk=writer.pk).first()
    assert found is not None, f"nobody approves for {site.unit.code}"
    forget(found)
    return found


def _values(site: Site, row: dict[str, Any]) -> dict[str, Any]:
    audience = {"everyone": {EVERYONE}, "unit": {principal("unit", site.unit_id)}}[row["audience"]]
    values = {
        "genre": row["genre"],
        "title": row["title_fr"],
        "summary": row["summary_fr"],
        "body": row["body_fr"],
        "title_translated": row["title_en"],
        "summary_translated": row["summary_en"],
        "body_translated": row["body_en"],
        "translation_ready": bool(row["title_en"]),
        "on_behalf": row.get("behalf_fr", ""),
        "on_behalf_translated": row.get("behalf_en", ""),
        "audience": audience,
        "tags": row.get("tags", []),
        "acknowledgement": row.get("acknowledgement", ""),
        "acknowledge_within": row.get("within"),
        "event_place": row.get("event_place", ""),
    }
    if "event_in" in row:
        day = timezone.localtime() + timedelta(days=row["event_in"])
        values["event_starts"] = day.replace(hour=9, minute=0, second=0, microsecond=0)
        values["event_ends"] = day.replace(hour=12, minute=0, second=0, microsecond=0)
    return values


def _publish(site: Site, row: dict[str, Any]) -> None:
    writer = _writer(site)
    approver = _approver(site, writer)
    notice = start_draft(site.space, _values(site, row), actor=writer)
    publish_now(notice, actor=approver)
    _date(notice, row["days"])
    if correction := row.get("correction"):
        body_fr, body_en = row["body_fr"], row["body_en"]
        save_draft(
            notice,
            {
                "body": body_fr.replace(*correction["replace_fr"]),
                "body_translated": body_en.replace(*correction["replace_en"]),
                "translation_ready": True,
            },
            actor=writer,
            correction={name: correction[name] for name in ("note_fr", "note_en", "material")},
        )
        publish_now(notice, actor=approver)
        notice.corrections.update(at=timezone.now() - timedelta(days=correction["days"]))
        _date(notice, row["days"], updated=correction["days"])


def _date(notice: Notice, days: int, *, updated: int | None = None) -> None:
    """As if it had been published then."""
    now = timezone.now()
    at = now - timedelta(days=days)
    Content.objects.filter(pk=notice.pk).update(
        published=at, created=at, updated=now - timedelta(days=days if updated is None else updated)
    )
    Notice.objects.filter(pk=notice.pk).update(first_published_at=at, last_published_at=at)
