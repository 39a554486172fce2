"""What one does to sources: add, change, pause, read now, renew the secret. Reading: `polling`, `pushes`."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Denied, Refused, ask, require
from foundation.outgoing.http import check_address
from foundation.outgoing.problems import Problem
from foundation.outgoing.sealing import new_secret, seal
from foundation.spaces.policies import role_in

from ..activities import SOURCE_ADDED, SOURCE_CHANGED
from ..models import Source
from ..policies.notices import PUBLISHER
from ..problems import sentence_of

FIELDS = (
    *("name_fr", "name_en", "kind", "space", "address", "genre", "language", "arrival", "change", "pair", "every"),
    "keeper",
)


@transaction.atomic
def add_source(values: Mapping[str, Any], *, actor: Any) -> tuple[Source, str]:
    """A new source and, of one that pushes, its secret, which is shown once. Raises Refused and ValidationError.

    `values`: fields of `Source`; `audience` as principals, empty for whoever reads the site.
    """
    require(actor, "publications.keep_sources", None)
    source = Source(keeper=values.get("keeper") or actor)
    _fill(source, values, actor)
    secret = "" if source.is_feed else _renewed(source)
    source.save()
    record(SOURCE_ADDED, source.space, actor=actor, data=_said(source))
    return source, secret


@transaction.atomic
def change_source(source: Source, values: Mapping[str, Any], *, actor: Any) -> str:
    """Change it. Answers the secret when it begins to push, otherwise nothing. Raises Refused and ValidationError."""
    require(actor, "publications.keep_sources", None)
    row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    was = (row.address, row.kind, row.language)
    _fill(row, values, actor)
    if (row.address, row.kind, row.language) != was:
        # Another document: what is known of the former one says nothing of it.
        row.etag, row.modified, row.failures, row.next_poll = "", "", 0, timezone.now()
    secret = "" if row.is_feed or row.secret else _renewed(row)
    row.save()
    record(SOURCE_CHANGED, row.space, actor=actor, data=_said(row))
    return secret


def _fill(source: Source, values: Mapping[str, Any], actor: Any) -> None:
    for name in FIELDS:
        if name in values:
            setattr(source, name, values[name])
    if "audience" in values:
        source.audience = audience_of(values["audience"]) if values["audience"] else None
    source.full_clean(exclude=["audience", "secret"])
    if source.is_feed:
        try:
            check_address(source.address)
        except Problem as problem:
            raise ValidationError({"address": sentence_of(problem.code, problem.data)}) from None
    else:
        source.address = ""
    if source.pair_id and source.pair_id == source.pk:
        raise ValidationError({"pair": _("A source is not its own counterpart.")})
    # SECURITY: nobody makes another publish: administrators alone name somebody else, who must have the right.
    if "keeper" in values and source.keeper_id != actor.pk and not actor.is_staff and source.pk is None:
        raise Refused(Denied(_("Only administrators name somebody else as the keeper.")))
    if source.pk is not None and not actor.is_staff:
        kept = Source.objects.values_list("keeper_id", flat=True).get(pk=source.pk)
        if source.keeper_id not in (kept, actor.pk):
            raise Refused(Denied(_("Only administrators name somebody else as the keeper.")))
    if not ask(source.keeper, "publications.draft", source.space):
        raise ValidationError({"keeper": _("The keeper must be one of those who write for this site.")})
    if source.arrival == Source.Arrival.PUBLISH and role_in(source.keeper, source.space) < PUBLISHER:
        raise ValidationError({"keeper": _("To publish at once, the keeper must be one of those who approve there.")})


def _said(source: Source) -> dict[str, Any]:
    return {"source": str(source.uuid), "name": source.name_fr, "keeper": source.keeper_id}


def _renewed(source: Source) -> str:
    secret = new_secret()
    source.secret = seal(secret)
    return secret


@transaction.atomic
def renew_secret(source: Source, *, actor: Any) -> str:
    """A new secret of a source that pushes; the former one is refused from now on. Raises Refused."""
    require(actor, "publications.keep_sources", None)
    secret = _renewed(source)
    source.save(update_fields=["secret"])
    record(SOURCE_CHANGED, source.space, actor=actor, data={**_said(source), "secret": True})
    return secret


@transaction.atomic
def pause_source(source: Source, *, actor: Any, resume: bool = False) -> None:
    """Take nothing more in from it, or again. Raises Refused."""
    require(actor, "publications.keep_sources", None)
    source.is_active = resume
    if resume:
        source.failures, source.next_poll = 0, timezone.now()
    source.save(update_fields=["is_active", "failures", "next_poll"])
    record(SOURCE_CHANGED, source.space, actor=actor, data={**_said(source), "is_active": resume})


@transaction.atomic
def poll_now(source: Source, *, actor: Any) -> None:
    """Have the worker read it within seconds, whole, whatever the server said before. Raises Refused."""
    require(actor, "publications.keep_sources", None)
    if not source.is_feed or not source.is_active:
        raise Refused(Denied(_("Only a feed that is not paused is read.")))
    source.etag, source.modified, source.next_poll = "", "", timezone.now()
    source.save(update_fields=["etag", "modified", "next_poll"])
    record(SOURCE_CHANGED, source.space, actor=actor, data={**_said(source), "asked": True})
