"""What one does to sites: open one from a template, change its settings."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from directory.actions.groups import create_group
from directory.models import Group, Unit
from foundation.activity.actions import record
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import require
from foundation.audiences.principals import EVERYONE, principal, provider_of
from foundation.spaces.actions import create_space
from foundation.spaces.models import Membership, Role, Space

from ..activities import SITE_CHANGED, SITE_OPENED
from ..models import Languages, Site
from ..models.pages import FOLDER_SLUG
from ..starting import TEMPLATES
from .pages import begin, place_page, write_page


@transaction.atomic
def create_site(
    *,
    actor: Any,
    unit: Unit,
    code: str,
    name_fr: str,
    name_en: str = "",
    slug: str = "",
    template: str = "borough",
    is_city: bool = False,
) -> Site:
    """Open the site of a unit, with the pages of a template; `actor` owns it. Raises Refused and ValidationError.

    Everybody reads it; the people of the unit have it among their spaces; its managers are contributors, except of the
    city's own.
    """
    require(actor, "publications.create_site", None)
    code, name_fr, name_en = code.strip().upper(), " ".join(name_fr.split()), " ".join(name_en.split())
    _check(unit, code, name_fr, template)
    space = create_space(
        Space.Kind.SITE,
        actor=actor,
        name_fr=name_fr,
        name_en=name_en,
        audience=audience_of({EVERYONE}),
        slug=slug,
    )
    Membership.objects.create(space=space, principal=principal("unit", unit.pk), role=Role.READER)
    # Every manager is one of the city's: those who write for all of it are named one by one.
    site = open_pages(space, unit, actor=actor, code=code, is_city=is_city, template=template)
    _let_managers_draft(site, not is_city, actor)
    record(SITE_OPENED, space, actor=actor, data={"unit": str(unit.uuid), "template": template})
    return site


@transaction.atomic
def open_pages(
    space: Space, unit: Unit, *, actor: Any, code: str = "", is_city: bool = False, template: str = "empty"
) -> Site:
    """Make a space a site: its home page, and the pages of a template. Whoever calls has asked whether `actor` may."""
    site = Site.objects.create(space=space, unit=unit, code=code, is_city=is_city)
    home, *others = TEMPLATES[template](space, unit)
    page = place_page(_folder(), replace(home, slug=space.slug), actor=actor, in_menu=False)
    # The site is known by the place of its home page: said before anything on it is published.
    site.root_page_id = page.pk
    site.save(update_fields=["root_page"])
    begin(page, home, actor=actor)
    for one in others:
        write_page(page, one, actor=actor)
    return site


def label_of(held: str) -> str:
    """Who a principal is, in words."""
    return provider_of(held).label(held)


def _folder() -> Page:
    """The folder of all sites in Wagtail's tree, made when there is none. Locked, so that two sites opened at once do
    not take the same place."""
    root = Page.objects.select_for_update().get(depth=1)
    found = root.get_children().filter(slug=FOLDER_SLUG).first()
    return found or root.add_child(instance=Page(title="Sites", slug=FOLDER_SLUG))


def _let_managers_draft(site: Site, is_wanted: bool, actor: Any) -> None:
    """Make the managers of the unit contributors, by a group that follows the directory; or no longer."""
    if is_wanted and site.managers is None:
        site.managers = _managers_of(site.unit, actor)
    if site.managers is not None:
        held = {"space": site.space, "principal": principal("group", site.managers.pk)}
        if is_wanted:
            Membership.objects.get_or_create(**held, defaults={"role": Role.CONTRIBUTOR})
        else:
            Membership.objects.filter(**held).delete()
    site.managers_draft = is_wanted
    site.save(update_fields=["managers", "managers_draft"])


def _managers_of(unit: Unit, actor: Any) -> Group:
    """The group of the managers of a unit and of those below it: a rule, so that it follows the directory."""
    of_unit = {"is": "unit", "value": str(unit.uuid), "below": True}
    return create_group(
        actor=actor,
        name_fr=f"Gestionnaires – {unit.name_fr}"[:160],
        name_en=f"Managers – {unit.name_en or unit.name_fr}"[:160],
        purpose_fr="Contributeurs du site de leur unité.",
        purpose_en="Contributors to the site of their unit.",
        is_public=False,
        rule={"all": [of_unit, {"is": "manager"}]},
    )


def _check(unit: Unit, code: str, name_fr: str, template: str) -> None:
    errors = {}
    if not name_fr:
        errors["name_fr"] = _("Give the site a French name.")
    if template not in TEMPLATES:
        errors["template"] = _("There is no such template.")
    if Site.objects.filter(unit=unit).exists():
        errors["unit"] = _("This unit has a site already.")
    if Site.objects.filter(code=code).exists():
        errors["code"] = _("Another site has this code already.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def change_site(site: Site, *, actor: Any, code: str, languages: str, four_eyes: bool, managers_draft: bool) -> None:
    """The policy of a site. Raises Refused and ValidationError."""
    require(actor, "publications.manage_site", site)
    code = code.strip().upper()
    if languages not in Languages.values:
        raise ValidationError({"languages": _("There is no such policy.")})
    if Site.objects.filter(code=code).exclude(pk=site.pk).exists():
        raise ValidationError({"code": _("Another site has this code already.")})
    site.code, site.languages = code, languages
    site.four_eyes = four_eyes
    site.save(update_fields=["code", "languages", "four_eyes"])
    if managers_draft != site.managers_draft:
        _let_managers_draft(site, managers_draft, actor)
    record(SITE_CHANGED, site.space, actor=actor)
