"""What can be wrong with a source, an item of it or a delivery, in words for those who keep them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from foundation.outgoing import problems as outgoing
from foundation.ui.pairs import LANGUAGES, reading_language

PROBLEMS: dict[str, str | Promise] = {
    **outgoing.PROBLEMS,
    # what was read
    "html": _("This is a web page, not a feed."),
    "not_feed": _("This is neither Atom nor RSS."),
    "bad_xml": _("The feed is damaged at line %(line)s: nothing of it was taken in."),
    "entities": _("The feed declares entities, which could grow without end: nothing of it was taken in."),
    "too_deep": _("The feed is nested too deeply: nothing of it was taken in."),
    "encoding": _("The feed is not written in %(encoding)s, as it says: nothing of it was taken in."),
    "encoding_unknown": _("The feed says that it is written in %(encoding)s, which is not known."),
    "bad_json": _("This is no JSON that can be read: nothing of it was taken in."),
    "bad_shape": _("The items are not as described: nothing of them was taken in."),
    "too_many": _("There are more than %(count)s items: only the newest were taken in."),
    # one item
    "no_id": _("An item without id was left out."),
    "no_title": _("It has no title: left out."),
    "twice": _("It is there twice: the newest was taken in."),
    "too_long": _("Its text is too long: left out."),
    "future": _("Its date is in the future: today's was taken."),
    "ancient": _("Its date is more than ten years back: today's was taken."),
    "changed_here": _("It was changed here by hand since: left as it is."),
    "closed": _("It has ended here, was archived or is in the trash: left as it is."),
    "gate": _("It stays a draft: %(reasons)s"),
    "refused": _("%(reason)s"),
    "unwritable": _("It could not be written: %(error)s"),
    # the source itself
    "keeper": _("The keeper may no longer publish in this site: name another one."),
    "taken_over": _("Another worker took over."),
    "killed": _("The worker was stopped halfway: what was missing came with the next reading."),
    "sealed": _("The secret can no longer be read: renew it."),
}


def sentence_of(code: str, data: Mapping[str, Any]) -> str:
    """The problem in the reader's language; the bare code for one that is no longer known."""
    sentence = PROBLEMS.get(code)
    if sentence is None:
        return code
    language = reading_language()
    # Reasons that were given in both languages.
    told = {name: value[language] if isinstance(value, Mapping) else value for name, value in data.items()}
    try:
        return str(sentence) % told
    except KeyError:
        # Kept by a former version, with other values.
        return _now("%(code)s: %(data)s") % {"code": code, "data": dict(data)}


def in_both(texts: Iterable[Any]) -> dict[str, str]:
    """Lazy sentences, as both readers get them."""
    told = {}
    lazies = list(texts)
    for language in LANGUAGES:
        with override(language):
            told[language] = " ".join(str(one) for one in lazies)
    return told
