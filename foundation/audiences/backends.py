"""The adapter that lets `person.has_perm("docs.change_file", file)` ask our rules."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from .policies import ask, is_rule


class RuleBackend(BaseBackend):
    """Answers for rules on an object; says nothing about Django's own model permissions."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return obj is not None and user_obj.is_active and is_rule(perm) and bool(ask(user_obj, perm, obj))
