"""Sites: where a borough or a central service publishes. Who may publish there is decided by its memberships.

A reader's rights come from the space; a contributor drafts, an editor reviews and approves, an owner also decides on
the settings here.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState, Workflow

from directory.models import Group, Unit
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import role_in

from ..querysets.sites import SiteQuerySet


class Languages(models.TextChoices):
    """Which languages must be current before anything is published."""

    FRENCH = "fr", _("French required, English optional")
    BOTH = "both", _("French and English required")


class Site(models.Model):
    """What a space of kind *site* is to publications: the unit it speaks for, its policy, its series of numbers."""

    space = models.OneToOneField(Space, models.CASCADE, related_name="site")
    # Whose voice it is; the city's own site has the root of the tree.
    unit = models.OneToOneField(Unit, models.PROTECT, related_name="site")
    # Begins the numbers of its series: « AVIS PMR 2026-12 ». Empty for the city's own: « AVIS 2026-12 ».
    code = models.CharField(_("Code"), max_length=12, blank=True)
    languages = models.CharField(_("Languages"), max_length=4, choices=Languages, default=Languages.FRENCH)
    # Managers of the unit, and of the units below, draft here without being named; and the group they are.
    managers_draft = models.BooleanField(_("Managers of the unit may draft"), default=True)
    managers = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    # Whoever approves is somebody else than the author.
    four_eyes = models.BooleanField(_("Approved by somebody else than its author"), default=True)
    # Null: the workflow of the city (`actions.workflow.default_workflow`).
    workflow = models.ForeignKey(Workflow, models.PROTECT, null=True, blank=True, related_name="+")
    # The city's own: its news roll down to the others.
    is_city = models.BooleanField(default=False)
    # Its home page; everything below it in Wagtail's tree is the site's (`models.pages`). Null: it has no pages.
    root_page = models.OneToOneField(
        "wagtailcore.Page", models.SET_NULL, null=True, blank=True, editable=False, related_name="site_of"
    )

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="publications_site_code_once"),
            models.UniqueConstraint(
                fields=["is_city"], condition=models.Q(is_city=True), name="publications_one_city_site"
            ),
        ]

    def __str__(self) -> str:
        return self.space.name

    def get_absolute_url(self) -> str:
        return self.space.get_absolute_url()

    def get_workflow(self) -> Workflow | None:
        """The steps of what is published here: its own, or the city's (the oldest active one with steps by role)."""
        by_role = Workflow.objects.active().filter(workflow_tasks__task__in=RoleTask.objects.all())
        return self.workflow or by_role.order_by("pk").first()

    def series_of(self, genre: str) -> str:
        """The series of numbers of one genre here."""
        return f"{self.code}/{genre}"


class RoleTask(Task):
    """A step of a workflow done by whoever has at least a role in the space of what is published."""

    role = models.PositiveSmallIntegerField(_("Role"), choices=Role, default=Role.EDITOR)

    admin_form_fields = [*Task.admin_form_fields, "role"]

    class Meta:
        verbose_name = _("step by role")
        verbose_name_plural = _("steps by role")

    def is_reviewer(self, obj: Any, person: Any) -> bool:
        """Whether `person` may do this step for `obj`. SECURITY: with four eyes, never its own author."""
        content = getattr(obj, "content", obj)
        site = getattr(content.space, "site", None)
        if site is not None and site.four_eyes and person.pk == content.author_id:
            return False
        return role_in(person, content.space) >= self.role

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return self.is_reviewer(obj, user)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return not self.is_reviewer(obj, user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        if not self.is_reviewer(obj, user):
            return []
        return [
            ("reject", _("Ask for changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with a comment"), True),
        ]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        """Those in progress on what `user` may review."""
        waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task=self.task_ptr)
        mine = [
            state.pk
            for state in waiting.select_related("workflow_state")
            if self.is_reviewer(state.workflow_state.content_object, user)
        ]
        return TaskState.objects.filter(pk__in=mine)

    @classmethod
    def get_description(cls) -> Any:
        return _("Done by whoever has this role in the site")
