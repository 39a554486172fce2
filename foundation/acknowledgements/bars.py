"""What a content page and the home page show of acknowledgements. Few queries, the same number whatever there is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from foundation.content.models import Content
from foundation.content.policies import is_addressed

from .models import Acknowledgement, Mode, Request, Target, Version


@dataclass(frozen=True)
class Bar:
    """The bar at the foot of a content, for one person. state: todo, overdue or done; it cannot be dismissed."""

    content: Content
    mode: str
    state: str
    due: datetime | None
    version: int
    # The language whose text is declared read: sent back with the form.
    language: str
    # The last thing they acknowledged, if ever.
    proof: Acknowledgement | None
    # Of the change since then, when they must acknowledge again.
    changed: Version | None

    @property
    def is_done(self) -> bool:
        return self.state == "done"

    @property
    def is_agreement(self) -> bool:
        return self.mode == Mode.AGREE


def bar_of(content: Content, person: Any, language: str) -> Bar | None:
    """The bar for `person`, who sees `content` in `language`; None when nothing is or was asked of them.

    One query when nothing is asked, two otherwise.
    """
    request = Request.objects.on(content).select_related("current").latest_first().first()
    if request is None or request.current is None:
        return None
    target = Target.objects.on(request).filter(person_id=person.pk).select_related("last__version").first()
    if target is None and not is_addressed(person, content):
        # They see it because they answer for it.
        return None
    proof = target.last if target else None
    done = target.done if target else 0
    # Of the request, not of the target: right at once, while the background work still goes through the people.
    is_done = done >= request.required
    if request.closed and not is_done:
        return None
    due = target.due if target and target.required == request.required else request.due
    is_overdue = due is not None and due < timezone.now()
    hashes = request.current.hashes
    return Bar(
        content=content,
        mode=request.mode,
        state="done" if is_done else "overdue" if is_overdue else "todo",
        due=due,
        version=request.current.number,
        language=language if language in hashes else next(iter(hashes)),
        proof=proof,
        changed=request.current if proof and not is_done else None,
    )


def pending_for(person: Any, limit: int = 5) -> list[Target]:
    """What `person` must still acknowledge, the most urgent first, with its content. ONE query, by the partial index.

    It is what stands on top of everything until it is done.
    """
    found = Target.objects.of(person).pending().open_only()
    return list(found.with_content().most_urgent_first()[:limit])
