"""The worker's clock, killed in the middle of what had its moment."""

import signal
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Revision

from directory.models import Person
from foundation.activity.models import Activity
from foundation.spaces.models import Space
from publications.actions import publish_now, save_draft, start_draft
from publications.models import Notice
from tests.conftest import fresh
from tests.processes import PATIENCE, until, worker

from .conftest import ENGLISH, FRENCH

COUNT = 12


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_each_is_published_once_in_order(site: Space, manager: Person, approver: Person) -> None:
    """kill -9 while notices come to their moment: none is lost, none twice, numbers follow the moments."""
    begin = timezone.now() - timedelta(days=1)
    # Approved yesterday; their moments have passed while no worker ran.
    with time_machine.travel(begin):
        for number in range(COUNT):
            moment = begin + timedelta(hours=number + 1)
            values = {**FRENCH, **ENGLISH, "title": f"Avis {number:02}", "go_live_at": moment}
            notice = start_draft(site, values, actor=manager)
            save_draft(notice, {"translation_ready": True}, actor=fresh(manager))
            publish_now(notice, actor=fresh(approver))
    published = Activity.objects.filter(verb="publications.published")
    assert not published.exists()
    for done in range(0, 9, 3):
        # Killed with its fourth published, and that not committed.
        process = worker(halted=("wagtail.models:Revision.publish", 4, "SIGKILL"))
        assert process.wait(PATIENCE) == -signal.SIGKILL
        assert published.count() == done + 3
    _work_until_published(COUNT)
    assert [one.content.title for one in published.order_by("pk")] == [f"Avis {one:02}" for one in range(COUNT)]
    assert list(Notice.objects.order_by("title").values_list("number", flat=True)) == list(range(1, COUNT + 1))
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def _work_until_published(count: int) -> None:
    """Run the worker until so many are published, and kill it."""
    process = worker()
    try:
        until(lambda: Activity.objects.filter(verb="publications.published").count() >= count)
    finally:
        process.kill()
        process.wait()
