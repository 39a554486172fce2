"""`{% load health %}`: words of status and its history. Nothing here queries."""

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext, pgettext

from foundation.ui import dates

register = template.Library()

# From then on the day says enough.
SETTLED = timedelta(days=3)


@register.filter
def since(moment: datetime | None) -> str:
    """`{{ application.status_since|since }}`: « depuis 9 h 12 », « depuis le 23 octobre »."""
    if moment is None:
        return ""
    if timezone.localdate(moment) == timezone.localdate():
        return pgettext("an hour of today", "since %(time)s") % {"time": dates.clock(moment)}
    if timezone.now() - moment < SETTLED:
        return gettext("since %(date)s, %(time)s") % {"date": dates.day(moment), "time": dates.clock(moment)}
    return pgettext("a day", "since %(date)s") % {"date": dates.day(moment)}


@register.filter
def percent(share: float | None) -> str:
    """`{{ history.percent|percent }}`: « 99,9 % », "99.9%"; a dash where nothing is known."""
    if share is None:
        return "–"
    return gettext("%(number)s%%") % {"number": formats.number_format(share, 1)}
