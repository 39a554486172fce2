"""What one may name in a rule or an audience, as the person who composes it sees it, and how what they type is
understood: lists that a browser suggests from, without script."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.audiences.principals import ELECTED, EVERYONE, label_of
from foundation.spaces.models import Space

from ..mapping import JOB_CLASSES
from ..models import Group, Person, Unit
from ..querysets import folded
from ..rules.values import LANGUAGES, uuids

# Suggested by a page; the others are found by typing their name.
SUGGESTED = 500
# Named when several answer to what was typed.
NAMED = 4


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its uuid or key, and how it is written. `name`: what else it answers to."""

    value: str
    label: str
    name: str = ""


def resolve(text: str, choices: Collection[Choice]) -> Choice:
    """The one choice that the text names: in full, or by any part of its name that no other has. ValidationError, in
    words, for none and for several."""
    wanted = folded(text)
    if not wanted:
        raise ValidationError(_("Choose a value."), code="required")
    whole = [one for one in choices if wanted in (folded(one.label), folded(one.name))]
    found = whole or [one for one in choices if wanted in folded(f"{one.label} {one.name}")]
    if not found:
        raise ValidationError(_("Nothing is named “%(text)s”."), code="unknown", params={"text": text[:80]})
    if len(found) > 1:
        some = ", ".join(one.label for one in found[:NAMED])
        message = _("Several are named so: %(some)s… Write more of the name.")
        raise ValidationError(message, code="several", params={"some": some})
    return found[0]


def units(reader: Any) -> list[Choice]:
    """The units that are open: « Parcs (VER-P) »."""
    found = Unit.objects.visible_to(reader).active().only("uuid", "code", "name_fr", "name_en")
    return _sorted(Choice(str(one.uuid), f"{one.name} ({one.code})", one.name) for one in found)


def boroughs(reader: Any) -> list[Choice]:
    """The boroughs."""
    found = Unit.objects.visible_to(reader).active().filter(kind=Unit.Kind.BOROUGH)
    return _sorted(Choice(str(one.uuid), one.name) for one in found.only("uuid", "name_fr", "name_en"))


def groups(reader: Any) -> list[Choice]:
    """The groups `reader` sees. Those with one name are told apart by what LDAP calls them, or by their number."""
    fields = ("uuid", "name_fr", "name_en", "ldap_name")
    found = list(Group.objects.visible_to(reader).active().only(*fields).order_by("pk"))
    names = [one.name for one in found]
    return _sorted(
        Choice(str(one.uuid), f"{one.name} ({one.ldap_name or one.pk})" if names.count(one.name) > 1 else one.name)
        for one in found
    )


def communities(reader: Any) -> list[Choice]:
    """The communities `reader` reads."""
    found = list(Space.objects.readable_by(reader).communities().only("uuid", "slug", "name_fr", "name_en"))
    names = [one.name for one in found]
    return _sorted(
        Choice(str(one.uuid), f"{one.name} ({one.slug})" if names.count(one.name) > 1 else one.name) for one in found
    )


def sites(reader: Any) -> list[Choice]:
    """The places where people work."""
    found = Person.objects.visible_to(reader).exclude(site="").values_list("site", flat=True).order_by().distinct()
    return _sorted(Choice(one, one) for one in found)


def job_classes(reader: Any) -> list[Choice]:
    """The job classes: those the portal has words for, and what else LDAP calls some."""
    found = Person.objects.visible_to(reader).exclude(job_class="").values_list("job_class", flat=True)
    keys = {*JOB_CLASSES, *found.order_by().distinct()}
    return _sorted(Choice(one, str(JOB_CLASSES.get(one, one))) for one in keys)


def kinds(_reader: Any) -> list[Choice]:
    """Staff, elected officials, externals."""
    return [Choice(value, str(label)) for value, label in Person.Kind.choices]


def languages(_reader: Any) -> list[Choice]:
    """The languages of the portal, each in its own words."""
    return [Choice(value, label) for value, label in LANGUAGES.items()]


# Short lists are shown whole; the others are typed.
SHOWN = {"borough": boroughs, "job_class": job_classes, "kind": kinds, "language": languages}
TYPED = {"unit": units, "site": sites, "group": groups, "community": communities}


def _sorted(choices: Any) -> list[Choice]:
    return sorted(choices, key=lambda one: folded(one.label))


def person_named(text: str, reader: Any) -> Person:
    """The one person `reader` sees with this user name, e-mail address or name. ValidationError, in words, for none
    and for several."""
    text = " ".join(text.replace("\0", " ").split())[:254]
    if not text:
        raise ValidationError(_("Write a user name, an e-mail address or a name."), code="required")
    people = Person.objects.visible_to(reader).with_unit()
    # SECURITY: an address that several people share names none of them.
    found = list(people.known_as(text)[:2]) or list(people.matching(text).in_name_order()[:2])
    if len(found) == 1:
        return found[0]
    if found:
        message = _("Several people are named “%(text)s”: write a user name or an e-mail address.")
        raise ValidationError(message, code="several", params={"text": text[:80]})
    raise ValidationError(_("Nobody is named “%(text)s”."), code="unknown", params={"text": text[:80]})


def principal_choices(reader: Any) -> list[Choice]:
    """Whom one may address besides people, by key (see `foundation.audiences.principals.Known`): everyone, elected
    officials, units, groups and communities, as `reader` sees them."""
    if reader.kind == Person.Kind.EXTERNAL:
        whole = []
    else:
        whole = [Choice(one, label_of(one)) for one in (EVERYONE, ELECTED)]
    parts = {"unit": units, "group": groups, "space": communities}
    theirs = [
        Choice(f"{prefix}:{one.value}", one.label, one.name) for prefix, some in parts.items() for one in some(reader)
    ]
    return [*whole, *theirs]


def principal_named(text: str, choices: Collection[Choice], reader: Any) -> str:
    """The key of what the text names among `choices`, or of the one person. ValidationError, in words, for none and for
    several."""
    text = " ".join(text.replace("\0", " ").split())
    wanted = folded(text)
    whole = [one for one in choices if wanted in (folded(one.label), folded(one.name))]
    if wanted and len(whole) == 1:
        return whole[0].value
    if len(known := Person.objects.visible_to(reader).known_as(text[:254])[:2]) == 1:
        return f"person:{known[0].uuid}"
    found: dict[str, str] = {}
    refusals = []
    try:
        thing = resolve(text, choices)
        found[thing.value] = thing.label
    except ValidationError as error:
        refusals.append(error)
    try:
        person = person_named(text, reader)
        found[f"person:{person.uuid}"] = person.name
    except ValidationError as error:
        refusals.append(error)
    # SECURITY: a name that part of a unit's and somebody's answer to addresses neither by chance.
    if len(found) == 1 and all(one.code != "several" for one in refusals):
        return next(iter(found))
    if found:
        message = _("Several are named so: %(some)s… Write more of the name.")
        raise ValidationError(message, code="several", params={"some": ", ".join(found.values())})
    # Nobody and nothing: one sentence says so.
    raise next((one for one in refusals if one.code == "several"), refusals[0])


def uuid_or_none(text: str) -> UUID | None:
    """The uuid a form sent, if it is one."""
    return next(iter(uuids([text])), None)
