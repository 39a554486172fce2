"""What tests of sites share: two boroughs with a site each, their editors, and ways to write at the desk."""

import json
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from directory.actions import create_unit
from directory.models import Person, Unit
from foundation.spaces.models import Membership, Role
from publications.actions.pages import write_page
from publications.actions.sites import create_site
from publications.models import Notice, PageContent, Site, Stage
from publications.starting import StartingPage, text
from tests.conftest import fresh, make_person


def open_site(actor: Person, unit: Unit, code: str, **options: Any) -> Site:
    return create_site(actor=actor, unit=unit, code=code, name_fr=unit.name_fr, name_en=unit.name_en, **options)


def name_editor(site: Site, username: str, unit: Unit | None = None, role: int = Role.EDITOR) -> Person:
    person = make_person(username, unit=unit or site.unit)
    Membership.objects.create(space=site.space, person=person, role=role)
    return person


class TwoSites:
    """Verdun and Lachine, each with its site and its editor; an administrator who opened them."""

    def __init__(self, city: Unit, borough: Unit) -> None:
        self.admin = make_person("une.administratrice", is_staff=True, unit=city)
        self.lachine_unit = create_unit("LACHINE", "Lachine", kind="borough", parent=city)
        self.verdun = open_site(self.admin, borough, "VER")
        self.lachine = open_site(self.admin, self.lachine_unit, "LAC")
        self.editor = name_editor(self.verdun, "edith.editrice")
        self.other = name_editor(self.lachine, "luc.lachine")

    def page(self, title: str = "Le marché", site: Site | None = None, **fields: Any) -> PageContent:
        site = site or self.verdun
        body = fields.pop("body", [text("<p>Ouvert le samedi.</p>")])
        start = StartingPage(fields.pop("slug", "marche"), title, body_fr=body, **fields)
        return write_page(site.root_page.specific, start, actor=fresh(self.admin))


def stream(prefix: str, blocks: list[tuple[str, Any]]) -> dict[str, str]:
    """The fields of a form for a body made of simple blocks: texts, given as what the editor would keep."""
    fields = {f"{prefix}-count": str(len(blocks))}
    for place, (kind, value) in enumerate(blocks):
        fields |= {
            f"{prefix}-{place}-deleted": "",
            f"{prefix}-{place}-order": str(place),
            f"{prefix}-{place}-type": kind,
            f"{prefix}-{place}-id": "",
            f"{prefix}-{place}-value": value,
        }
    return fields


def written(paragraph: str) -> str:
    """A paragraph as the rich text editor sends it."""
    piece = {
        "key": "aaaaa",
        "text": paragraph,
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
    }
    return json.dumps({"blocks": [piece], "entityMap": {}})


def page_form(title: str = "Le marché", french: str = "Ouvert le samedi.", **fields: Any) -> dict[str, Any]:
    """What the desk's form of a page sends."""
    form = {
        "title": title,
        "lead_fr": "",
        "title_en": "",
        "lead_en": "",
        "language": "fr",
        "slug": "marche",
        "show_in_menus": "on",
        **stream("body_fr", [("text", written(french))]),
        **stream("body_en", []),
    }
    return {**form, **fields}


def notice(site: Site, author: Person, title: str, **fields: Any) -> Notice:
    """A published notice, as its own actions would leave it."""
    values = {"state": "published", "stage": Stage.PUBLISHED, "body": "<p>Texte.</p>", "language": "fr", **fields}
    return Notice.objects.create(
        space=site.space, title=title, author=author, owner=author, unit=site.unit, genre="news", **values
    )


def picture(width: int = 64, height: int = 48, kind: str = "JPEG", name: str = "photo.jpg", **options: Any) -> Any:
    """An uploaded picture."""
    written = BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, kind, **options)
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")
