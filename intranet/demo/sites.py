"""The sites of the demo city: opened from the template, then completed by the pages of `texts/sites.toml`."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from directory.models import Person, Unit
from foundation.audiences.principals import forget
from foundation.spaces.actions import describe
from foundation.spaces.models import Membership, Role
from publications.actions.pages import begin, fill, write_page
from publications.actions.sites import create_site
from publications.models import PageContent, Site, SitePage
from publications.starting import Body, StartingPage, block, text

from .city import read_toml
from .people import BY_ROLE


def load_sites() -> int:
    """Call it within `quietly()`. Answers how many sites."""
    keeper = Person.objects.with_unit().get(username=BY_ROLE["administrator"].username)
    rows = read_toml("sites.toml")["sites"]
    for row in rows:
        with transaction.atomic():
            forget(keeper)
            _load(row, keeper)
    return len(rows)


def _load(row: dict[str, Any], keeper: Person) -> None:
    unit = Unit.objects.get(code=row["unit"])
    site = create_site(
        actor=keeper,
        unit=unit,
        code=row["code"],
        slug=row["slug"],
        name_fr=row["fr"],
        name_en=row["en"],
        template=row.get("template", "borough"),
        is_city=row.get("city", False),
    )
    forget(keeper)
    names = {"name_fr": row["fr"], "name_en": row["en"]}
    describe(
        site.space,
        actor=keeper,
        description_fr=row["description_fr"],
        description_en=row["description_en"],
        **names,
    )
    editors = [_editor(site, one) for one in row["editors"]] or [_local_editor(site)]
    author = editors[0]
    for page in row["pages"]:
        _page(site, page, author)
    _look_after(site, author)


def _editor(site: Site, username: str) -> Person:
    person = Person.objects.with_unit().get(username=username)
    Membership.objects.update_or_create(space=site.space, person=person, defaults={"role": Role.OWNER})
    return person


def _local_editor(site: Site) -> Person:
    """Somebody of the unit, where no sign-in edits the site."""
    people = Person.objects.filter(is_active=True, kind="employee", unit__path__startswith=site.unit.path)
    person = people.with_unit().order_by("search_name", "pk").first()
    assert person is not None, f"nobody works in {site.unit.code}"
    Membership.objects.create(space=site.space, person=person, role=Role.EDITOR)
    return person


def _page(site: Site, row: dict[str, Any], author: Person) -> None:
    page = StartingPage(
        slug=row["slug"],
        title_fr=row["title_fr"],
        title_en=row.get("title_en", ""),
        lead_fr=row.get("lead_fr", ""),
        lead_en=row.get("lead_en", ""),
        body_fr=_body(row, "fr"),
        body_en=_body(row, "en"),
    )
    home = SitePage.objects.get(pk=site.root_page_id)
    if not row.get("completes"):
        write_page(home, page, actor=author)
        return
    # What the template left as a draft is written by the editor, in its place.
    started = SitePage.objects.child_of(home).get(slug=row["completes"])
    begin(fill(started, page), page, actor=author)


def _body(row: dict[str, Any], language: str) -> Body:
    blocks = []
    if note := row.get(f"note_{language}"):
        blocks.append(block("note", {"kind": "info", "text": note}))
    if body := row.get(f"body_{language}"):
        blocks.append(text(body.strip()))
    if links := row.get(f"links_{language}"):
        named = [{"label": label, "address": address, "note": note} for label, address, note in links]
        title = "À portée de main" if language == "fr" else "Close at hand"
        blocks.append(block("links", {"title": title, "links": named}))
    if faq := row.get(f"faq_{language}"):
        questions = [{"question": question, "answer": answer} for question, answer in faq]
        blocks.append(block("faq", {"title": "", "questions": questions}))
    return blocks


def _look_after(site: Site, owner: Person) -> None:
    """Pages have an owner of the site and reviews spread over the year, one of them due soon."""
    today = timezone.localdate()
    for number, one in enumerate(PageContent.objects.in_space(site.space).in_tree_order()):
        due = today + timedelta(days=9 if number == 1 else 120 + 41 * number)
        # As if it had been written over the year, so that what is new is not all of it.
        at = timezone.now() - timedelta(days=40 + 23 * number + site.pk)
        PageContent.objects.filter(pk=one.pk).update(owner=owner, review_due=due, created=at, updated=at, published=at)
