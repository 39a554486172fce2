"""One alert of the demo city, raised by the first borough's site that has somebody to raise it."""

from datetime import timedelta

from django.utils import timezone

from directory.models import Person
from foundation.audiences.principals import principal
from foundation.spaces.models import Membership, Role, Space
from publications.actions.alerts import Wording, raise_alert
from publications.models import Severity, Site

WORDING = Wording(
    title_fr="Entrée principale fermée jusqu’à demain",
    title_en="Main entrance closed until tomorrow",
    body_fr="Des travaux occupent le hall. Passez par l’entrée de la cour.",
    body_en="Work is under way in the lobby. Use the courtyard entrance.",
)


def load_alerts(space: Space) -> int:
    """An alert for the people of the unit of this site, by one of its editors. Answers how many were raised: 0 or 1."""
    site = Site.objects.select_related("space__audience", "unit").get(space=space)
    editors = Membership.objects.of_people().filter(space=space, role__gte=Role.EDITOR).order_by("-role", "pk")
    editor = Person.objects.with_unit().filter(pk__in=editors.values("person_id")).order_by("pk").first()
    if editor is None:
        return 0
    raise_alert(
        site,
        WORDING,
        actor=editor,
        severity=Severity.INFO,
        ends=timezone.now() + timedelta(days=1),
        audience={principal("unit", site.unit_id)},
    )
    return 1
