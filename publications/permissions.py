"""Our rules, as Wagtail's desk asks them. SECURITY: Wagtail's groups and permissions decide nothing about notices."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from foundation.audiences.policies import ask
from foundation.spaces.models import Role

from .models import Notice, Site

# What Wagtail calls an action on one notice -> our rule. What is not here is nobody's: notices are never deleted, and
# locks are Wagtail's own business with whoever may change.
RULES = {
    "view": "publications.change_notice",
    "change": "publications.change_notice",
    "lock": "publications.change_notice",
    "unlock": "publications.change_notice",
    "publish": "publications.publish",
    "unpublish": "publications.withdraw",
}
# The least role in any site for which the desk offers an action at all.
LEAST = {
    "add": Role.CONTRIBUTOR,
    "view": Role.CONTRIBUTOR,
    "change": Role.CONTRIBUTOR,
    "lock": Role.EDITOR,
    "unlock": Role.EDITOR,
    "publish": Role.EDITOR,
    "unpublish": Role.EDITOR,
}


class NoticePermissionPolicy(BasePermissionPolicy):
    """Which notices somebody may do what with, at the desk."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in LEAST and user.is_active and Site.objects.of_writer(user, LEAST[action]).exists()

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if action not in RULES or not user.is_active:
            return False
        visible = Notice.objects.visible_to(user).filter(pk=instance.pk).exists()
        # Unpublishing is asked for as "publish" too; ending what is published is the editors'.
        allowed = ask(user, RULES[action], instance) or (
            action == "publish" and instance.live and ask(user, "publications.withdraw", instance)
        )
        return visible and bool(allowed)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet:
        return Notice.objects.editable_by(user) if set(actions) & set(RULES) else Notice.objects.none()

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet:
        return get_user_model()._default_manager.none()
