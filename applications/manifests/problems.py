"""What can be wrong with a manifest and with a registrar, in words for those who wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.outgoing import problems as outgoing


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong. `path`: where, as `$.addresses.web`; `data`: plain values for the sentence."""

    code: str
    path: str = "$"
    data: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False

    def at(self, path: str) -> "Flaw":
        """The same, there."""
        return Flaw(self.code, path, self.data, self.is_warning)

    def kept(self) -> dict[str, Any]:
        """As it is written down, and read by `told`."""
        return {"code": self.code, "path": self.path, "data": dict(self.data), "warning": self.is_warning}


PROBLEMS: dict[str, str | Promise] = {
    **outgoing.PROBLEMS,
    # the document
    "too_large": _("A manifest has at most %(kb)s kB: nothing of it was taken in."),
    "encoding": _("It is not written in UTF-8: nothing of it was taken in."),
    "bad_json": _("This is no JSON that can be read (line %(line)s): nothing of it was taken in."),
    "not_json": _("The machine answered with %(kind)s, not with JSON."),
    "too_deep": _("It is nested too deeply: nothing of it was taken in."),
    "crowded": _("It has more than %(most)s parts: nothing of it was taken in."),
    "twice": _("The name “%(name)s” is there twice."),
    "number": _("This is no number that can be kept."),
    "signs": _("It holds signs that cannot be seen or that turn the text around (%(signs)s)."),
    "half_character": _("It holds half a character."),
    "unknown": _("This is not known, and was left aside."),
    "missing": _("This is missing."),
    "type_text": _("This must be a text."),
    "type_object": _("This must be an object, in braces."),
    "type_list": _("This must be a list, in brackets."),
    "type_version": _("This must be a text or a whole number."),
    "type": _("This is not of the expected sort."),
    "choice": _("This must be one of: %(choices)s."),
    "too_long": _("At most %(most)s characters."),
    "too_short": _("At least %(least)s characters."),
    "too_many": _("At most %(most)s of them."),
    "form": _("This is not of the expected form."),
    "format": _("Version %(version)s of the format is not known here."),
    "many": _("At most %(most)s applications in one document."),
    "empty": _("There is no application in this document."),
    # what it says
    "scheme": _("Addresses that begin with “%(scheme)s:” are not allowed here."),
    "bad_program": _("This is no address of a program."),
    "bad_notes": _("This is no Notes link that can be read."),
    "bad_phone": _("This is no telephone number."),
    "bad_email": _("This is no e-mail address."),
    "not_protected": _("The connection is not protected (http): use https where the machine can."),
    "host_bad": _("%(host)s is no name of a machine."),
    "host_mixed": _("%(host)s mixes letters of several alphabets: it could be taken for another name."),
    "host_confusable": _("%(host)s looks like a name that is allowed, and is another one."),
    "host_outside": _("%(host)s is not one of the machines that this system may send people to."),
    "name_mixed": _("The name mixes letters of several alphabets: it could be taken for another one."),
    "one_line": _("This is written on one line."),
    "no_door": _("It opens with this: give the address."),
    "bad_moment": _("This is no moment: write 2026-11-29T14:30:00-05:00."),
    "no_zone": _("The moment says no zone: the City's was taken."),
    "bad_day": _("This is no day: write 2026-11-29."),
    "far": _("This is too far away to be meant."),
    "no_day": _("An application that is being retired has a day: give “retires_on”."),
    "ends_first": _("It ends before it begins."),
    "nobody": _("Nobody has this user name, address or id, or several people share it."),
    "owner_outside": _("This person would not see the application: its audience must include them."),
    "no_audience": _("No unit and no group is called so."),
    "several": _("Several units or groups are called so: write “unit:” or “group:” and the code."),
    "beyond": _("This goes beyond those for whom the system may register applications."),
    "no_successor": _("No application has this key."),
    "circle": _("The applications would succeed each other in a circle."),
    "icon": _("There is no icon of this name: the usual one is shown."),
    "field": "%(text)s",
    # the registrar
    "wrong_key": _("The manifest has another key than the address it was sent to."),
    "taken": _("This key belongs to an application of another system."),
    "elsewhere": _("This key belongs to an application of another register."),
    "same_version": _("Another text came under this version before: raise the version."),
    "stale": _("A newer version is known (%(known)s): this one was left aside."),
    "keeper": _("The keeper of this system may no longer change the register: name another one."),
    "unsigned": _("The signature is missing, too old or wrong: nothing was read."),
    "away": _("The address leads to another machine (%(host)s), which was not allowed."),
    "open_line": _("Manifests are read over https, or from a machine inside that the operator allowed."),
    "unwritable": _("The register could not be written: %(error)s"),
    "trashed": _("The application is in the trash: an editor of the register may restore it."),
    "gone": _("This application is not registered."),
}


def sentence_of(code: str, data: Mapping[str, Any]) -> str:
    """The problem in the reader's language; the bare code for one that is no longer known."""
    sentence = PROBLEMS.get(code)
    if sentence is None:
        return code
    try:
        return str(sentence) % dict(data)
    except (KeyError, ValueError, TypeError):
        # Kept by a former version, with other values.
        return code


def told(kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was written down, with its sentence in the reader's language: `field`, `code`, `message`."""
    return [
        {"field": one["path"], "code": one["code"], "message": sentence_of(one["code"], one["data"])} for one in kept
    ]
