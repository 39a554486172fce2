"""What people say of themselves: preferred name, languages, skills, working days, and who may read it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import PROFILE_CHANGED
from ..mapping import SPOKEN_LANGUAGES
from ..models import Person, PersonLanguage, PersonSkill, Skill
from ..privacy import policy
from ..querysets import folded
from .photos import refresh_photos
from .words import refresh_words

NAME_MAX, SKILL_MAX, SKILLS_MAX = 80, 80, 30
# Letters that show nothing: a name made of them would be blank.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"
_MARKS_IN_A_ROW = 3


@transaction.atomic
def change_profile(
    person: Person,
    *,
    actor: Any,
    preferred_name: str | None = None,
    languages: Mapping[str, int] | None = None,
    skills: Iterable[str] | None = None,
    working_days: str | None = None,
    privacy: Mapping[str, str] | None = None,
) -> list[str]:
    """Change what is given, and answer the names of the fields that really changed. What is None stays.

    `languages`: {code: level}. `skills`: as typed. `working_days`: ISO weekdays, "1234". `privacy`: {field: level}.
    Raises Refused, and ValidationError by field.
    """
    require(actor, "directory.change_profile", person)
    changed = []
    if preferred_name is not None and _set_preferred_name(person, preferred_name):
        changed.append("preferred_name")
    if languages is not None and _set_languages(person, languages):
        changed.append("languages")
    if skills is not None and _set_skills(person, skills, actor.language):
        changed.append("skills")
    if working_days is not None and _set_working_days(person, working_days):
        changed.append("working_days")
    if privacy is not None and _set_privacy(person, privacy):
        changed.append("privacy")
    if not changed:
        return []
    person.save(update_fields=["preferred_name", "working_days", "privacy"])
    if "privacy" in changed:
        refresh_photos([person.pk])
        person.refresh_from_db(fields=["photo"])
    refresh_words([person.pk])
    # SECURITY: the register says what changed, never what it says.
    record(PROFILE_CHANGED, None, actor=actor, data={"person": str(person.uuid), "fields": changed})
    return changed


def clean_preferred_name(typed: str, person: Person) -> str:
    """The name as it is kept: empty when it is the given name. ValidationError for what is no name."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if len(name) > NAME_MAX:
        raise ValidationError(
            {"preferred_name": _("This name is too long: at most %(max)s characters.") % {"max": NAME_MAX}}
        )
    # SECURITY: control, direction and invisible characters would make one person read as another, or as nobody.
    if name and not _is_name(name):
        raise ValidationError(
            {"preferred_name": _("A name is made of letters, spaces, hyphens, apostrophes and periods.")}
        )
    return "" if name == person.given_name else name


def _is_name(name: str) -> bool:
    if not name[0].isalpha() or any(one in _BLANK_LETTERS for one in name):
        return False
    kinds = "".join("m" if unicodedata.category(one)[0] == "M" else "." for one in name)
    allowed = (one.isalpha() or one in " -'’." or unicodedata.category(one)[0] == "M" for one in name)
    return all(allowed) and "m" * (_MARKS_IN_A_ROW + 1) not in kinds


def _set_preferred_name(person: Person, typed: str) -> bool:
    name = clean_preferred_name(typed, person)
    if name == person.preferred_name:
        return False
    person.preferred_name = name
    return True


def _set_languages(person: Person, languages: Mapping[str, int]) -> bool:
    if not set(languages) <= set(SPOKEN_LANGUAGES) or not set(languages.values()) <= set(PersonLanguage.Level.values):
        raise ValidationError({"languages": _("Choose a language and a level of the list.")})
    if dict(person.languages.values_list("language", "level")) == dict(languages):
        return False
    person.languages.all().delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=code, level=level) for code, level in languages.items()
    )
    return True


def clean_skills(typed: Iterable[str]) -> dict[str, str]:
    """Skills by their folded key, as they will be kept; the same twice counts once. ValidationError by field."""
    found: dict[str, str] = {}
    for text in typed:
        name = " ".join(unicodedata.normalize("NFC", text).split())
        if not name:
            continue
        if len(name) > SKILL_MAX:
            raise ValidationError(
                {"skills": _("A skill is a few words: at most %(max)s characters.") % {"max": SKILL_MAX}}
            )
        # SECURITY: others read and click it: no control, direction or invisible character, and something to read.
        if any(unicodedata.category(one)[0] == "C" for one in name) or not re.search(r"\w", name):
            raise ValidationError({"skills": _("“%(skill)s” cannot be a skill.") % {"skill": name[:40]}})
        found.setdefault(folded(name)[:SKILL_MAX], name[0].upper() + name[1:])
    if len(found) > SKILLS_MAX:
        raise ValidationError(
            {"skills": _("At most %(max)s skills: keep those people may ask you about.") % {"max": SKILLS_MAX}}
        )
    return found


def _set_skills(person: Person, typed: Iterable[str], language: str) -> bool:
    wanted = _skills_of(clean_skills(typed), language)
    theirs = set(person.skills.values_list("skill_id", flat=True))
    if theirs == wanted:
        return False
    person.skills.exclude(skill_id__in=wanted).delete()
    PersonSkill.objects.bulk_create(
        (PersonSkill(person=person, skill_id=one) for one in wanted - theirs), ignore_conflicts=True
    )
    return True


def _skills_of(names: Mapping[str, str], language: str) -> set[int]:
    """The ids of the skills of these names; those nobody typed before are made, in the language of who types."""
    # A skill with both names is found by either: the key is made of the first one.
    spellings = {*names.values(), *(one.lower() for one in names.values())}
    known = Skill.objects.filter(Q(key__in=names) | Q(name_fr__in=spellings) | Q(name_en__in=spellings))
    ids: dict[str, int] = {}
    for skill in known:
        for key in (skill.key, folded(skill.name_fr), folded(skill.name_en)):
            if key in names:
                ids.setdefault(key, skill.pk)
    new = [key for key in names if key not in ids]
    if new:
        field = "name_en" if language == "en" else "name_fr"
        Skill.objects.bulk_create((Skill(key=key, **{field: names[key]}) for key in new), ignore_conflicts=True)
        ids.update(Skill.objects.filter(key__in=new).values_list("key", "pk"))
    return set(ids.values())


def _set_working_days(person: Person, days: str) -> bool:
    if not set(days) <= set("1234567") or len(set(days)) != len(days):
        raise ValidationError({"working_days": _("Choose among the days of the week.")})
    days = "".join(sorted(days))
    if days == person.working_days:
        return False
    person.working_days = days
    return True


def _set_privacy(person: Person, chosen: Mapping[str, str]) -> bool:
    fields = policy()
    for name, level in chosen.items():
        # SECURITY: what the city fixed is not the person's to change.
        if name not in fields or fields[name].is_locked or level not in fields[name].levels:
            raise ValidationError({"privacy": _("The City decides who reads this.")})
    kept = {**person.privacy, **chosen}
    # Only what differs from the city's own choice, so that a change of policy reaches who never chose.
    kept = {name: level for name, level in kept.items() if name in fields and level != fields[name].default}
    if kept == person.privacy:
        return False
    person.privacy = kept
    return True
