"""What publications do when Wagtail says what it did."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished, post_page_move

from .. import tasks
from ..actions.pages import keep_in_step, keep_tree_in_step
from ..activities import PAGE_PUBLISHED, PAGE_UNPUBLISHED
from ..desk.current import person_at_desk
from ..models import SiteImage, SitePage


@receiver(page_published, sender=SitePage)
def page_was_published(sender: Any, instance: SitePage, revision: Any, **kwargs: Any) -> None:
    actor = person_at_desk() or revision.user or instance.owner
    keep_in_step(instance, actor=actor, verb=PAGE_PUBLISHED)


@receiver(page_unpublished, sender=SitePage)
def page_was_unpublished(sender: Any, instance: SitePage, **kwargs: Any) -> None:
    keep_in_step(instance, actor=person_at_desk() or instance.owner, verb=PAGE_UNPUBLISHED)


@receiver(post_page_move, sender=SitePage)
def page_was_moved(sender: Any, instance: SitePage, **kwargs: Any) -> None:
    """SECURITY: in the same transaction as the move: a page never keeps the readers of the site it left."""
    if kwargs.get("parent_page_before") != kwargs.get("parent_page_after"):
        keep_tree_in_step(SitePage.objects.get(pk=instance.pk), actor=person_at_desk() or instance.owner)


@receiver(post_save, sender=SiteImage)
def image_was_saved(sender: Any, instance: SiteImage, **kwargs: Any) -> None:
    """Wagtail's three ways to upload end here; the queue is a table of the same database."""
    if instance.state == SiteImage.State.RECEIVED:
        tasks.prepare_image.enqueue(instance.pk)
