"""What one does to applications."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.activity.actions import record
from foundation.audiences.models import Audience
from foundation.audiences.policies import require
from foundation.spaces.models import Space

from .activities import APPLICATION_ADDED
from .models import Application


@transaction.atomic
def add_application(
    space: Space,
    *,
    actor: Any,
    title: str,
    title_translated: str,
    address: str,
    audience: Audience | None = None,
    description_fr: str = "",
    description_en: str = "",
    icon: str = "apps",
    category: str = Application.Category.WORK,
    order: int = 100,
) -> Application:
    """Put an application in service for `audience` (null: everyone who reads the space). French is `title`.

    Raises Refused unless `actor` edits the space, and ValidationError for an address that is not http or https.
    """
    require(actor, "spaces.edit", space)
    application = Application(
        space=space,
        audience=audience,
        title=title,
        title_translated=title_translated,
        language="fr",
        author=actor,
        owner=actor,
        published=timezone.now(),
        description_fr=description_fr,
        description_en=description_en,
        address=address,
        icon=icon,
        category=category,
        order=order,
    )
    application.full_clean(exclude=["space", "audience", "author", "owner"])
    application.save()
    record(APPLICATION_ADDED, application, actor=actor)
    return application
