"""What can go wrong on the way to another machine, in words for those who gave its address."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(Exception):
    """What was wrong, by its key, with plain values for its sentence (see `PROBLEMS`; apps have more of their own)."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code, self.data = code, data


PROBLEMS: dict[str, str | Promise] = {
    "bad_address": _("This is no address that can be read: it begins with https:// or http://."),
    "credentials": _("The address holds a user name or a password: leave them out."),
    "unknown_host": _("No machine is called %(host)s."),
    "inside": _("%(host)s is a machine of the inside network that the portal was not allowed to ask."),
    "port": _("The port %(port)s may be asked only of machines that the portal was allowed to ask."),
    "unreachable": _("The machine does not answer, or stopped halfway."),
    "certificate": _("The certificate of the machine cannot be trusted."),
    "slow": _("The answer took more than %(seconds)s seconds."),
    "huge": _("The answer is larger than %(mb)s MB: nothing of it was taken in."),
    "packed": _("The answer is packed in a way that cannot be read (%(encoding)s)."),
    "redirects": _("The address leads on and on: more than %(count)s times."),
    "redirect_loop": _("The address leads back to itself."),
    "redirect_nowhere": _("The address leads on, without saying where."),
    "redirect_down": _("The address leads from a protected connection to an open one."),
    "status": _("The machine answered with the code %(status)s."),
}
