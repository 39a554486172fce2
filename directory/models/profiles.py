"""What people say of themselves: languages, skills, absences. And the words by which they are found."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ui.pairs import Pair

from ..querysets import AbsenceQuerySet, SkillQuerySet, WordQuerySet


class PersonLanguage(models.Model):
    """A language somebody speaks, and how well."""

    class Level(models.IntegerChoices):
        BASIC = 1, _("Basic")
        WORKING = 2, _("Working knowledge")
        FLUENT = 3, _("Fluent")
        NATIVE = 4, _("First language")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="languages")
    # A key of `mapping.SPOKEN_LANGUAGES` (ISO 639-1, or 639-3 where there is none).
    language = models.CharField(max_length=3)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.FLUENT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "person"], name="person_language_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.language} {self.level}"


class Skill(models.Model):
    """Something one can ask people about. Typed freely by people, the same for those who type it alike."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The folded name by which it was first typed.
    key = models.CharField(max_length=80, unique=True, editable=False)
    name_fr = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)

    name = Pair("name")

    objects = SkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class PersonSkill(models.Model):
    """Somebody says they know about something."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="people")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["skill", "person"], name="person_skill_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.skill_id}"


class Absence(models.Model):
    """Somebody is away from a day to a day, both included, and who stands in."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    starts = models.DateField()
    # Null: until further notice.
    ends = models.DateField(null=True, blank=True)
    replacement = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        indexes = [models.Index(fields=["starts", "ends"], name="absence_days")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                name="absence_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} away from {self.starts} to {self.ends}"


class PersonWord(models.Model):
    """One word by which an active person is found. SECURITY: only words that every colleague may read (`privacy`).

    Names, titles, unit, skills, telephone digits; folded. Kept by `actions/words.py`.
    """

    # The constraint below is its index.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="words", db_index=False)
    word = models.CharField(max_length=48)
    # Of their name: those come first.
    is_name = models.BooleanField(default=False)

    objects = WordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "word"], name="person_word_once")]
        indexes = [models.Index(fields=["is_name", "word", "person"], name="person_word_find")]

    def __str__(self) -> str:
        return self.word


class Spelling(models.Model):
    """One way a known word may be mistyped: the word without one of its letters, or how it sounds."""

    variant = models.CharField(max_length=48)
    word = models.CharField(max_length=48)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["variant", "word"], name="spelling_once")]
        indexes = [models.Index(fields=["word"], name="spelling_of_word")]

    def __str__(self) -> str:
        return f"{self.variant} for {self.word}"
