"""What publications do when a notice goes through Wagtail."""

from typing import Any

from django.dispatch import receiver

from ..actions import notices
from ..models import Notice
from ..signals import ended, publishing, went_public


@receiver(publishing)
def check(sender: Any, notice: Notice, revision: Any, person: Any, **kwargs: Any) -> bool:
    return notices.check_publishing(notice, revision, person)


@receiver(went_public)
def finish(sender: Any, notice: Notice, revision: Any, person: Any, before: int | None, **kwargs: Any) -> None:
    notices.finish_publishing(notice, revision, actor=person, before=before)


@receiver(ended)
def end(sender: Any, notice: Notice, person: Any, expired: bool, **kwargs: Any) -> None:
    notices.finish_ending(notice, expired=expired, actor=person)
