"""What a manager or a stand-in may know of others: who has still to acknowledge what they see themselves."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from foundation.audiences.relations import delegates_of, reports_of
from foundation.content.models import Content

from .models import Request, Target

MOST = 500


@dataclass
class Waiting:
    """One content that waits for some people, the most late first."""

    request: Request
    targets: list[Target] = field(default_factory=list)

    @property
    def content(self) -> Content:
        return self.request.content


def team_pending(manager: Any) -> list[Waiting]:
    """SECURITY: the direct reports of `manager` alone, and only about what the manager may see. One query."""
    people = get_user_model()._default_manager.filter(reports_of(manager), is_active=True)
    return _waiting(manager, people.values("pk"))


def stood_in_pending(delegate: Any) -> list[Waiting]:
    """What waits for those whom `delegate` replaces today, of what the delegate may see. Two queries."""
    away = [person for person, other in delegates_of(timezone.localdate()).items() if other == delegate.pk]
    return _waiting(delegate, away) if away else []


def _waiting(reader: Any, people: Any) -> list[Waiting]:
    found = Target.objects.visible_to(reader).pending().open_only().filter(person__in=people)
    found = found.select_related("request__content__space", "person").order_by("due", "person__pk")
    by_request: dict[int, Waiting] = {}
    for target in found[:MOST]:
        by_request.setdefault(target.request_id, Waiting(target.request)).targets.append(target)
    return list(by_request.values())
