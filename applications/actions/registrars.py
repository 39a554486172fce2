"""What one does to the systems that register applications: add, change, pause, read now, renew the secret."""

import ipaddress
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
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

from ..activities import REGISTRAR_ADDED, REGISTRAR_CHANGED
from ..manifests import sentence_of
from ..manifests.hosts import check_pattern
from ..models import Part, Registrar

FIELDS = ("name", "space", "keeper", "hosts", "guarded", "manifest_address", "every")
HOSTS_MOST = 50


@transaction.atomic
def add_registrar(values: Mapping[str, Any], *, actor: Any) -> tuple[Registrar, str]:
    """A system that may register applications, and its secret, which is shown once. Raises Refused, ValidationError.

    `values`: fields of `Registrar`; `audience` as principals, empty for whoever reads the register.
    """
    require(actor, "applications.keep_registrars", values["space"])
    registrar = Registrar(keeper=values.get("keeper") or actor)
    _fill(registrar, {name: value for name, value in values.items() if name != "keeper"}, actor)
    secret = new_secret()
    registrar.secret = seal(secret)
    registrar.save()
    record(REGISTRAR_ADDED, registrar.space, actor=actor, data=_said(registrar))
    return registrar, secret


@transaction.atomic
def change_registrar(registrar: Registrar, values: Mapping[str, Any], *, actor: Any) -> Registrar:
    """Change it; the register it writes in stays. Raises Refused and ValidationError."""
    row = _kept(registrar, actor)
    was = row.manifest_address
    _fill(row, {name: value for name, value in values.items() if name != "space"}, actor)
    if row.manifest_address != was:
        # Another document: what is known of the former one says nothing of it.
        row.etag, row.modified, row.failures, row.next_poll = "", "", 0, timezone.now()
    row.save()
    record(REGISTRAR_CHANGED, row.space, actor=actor, data=_said(row))
    return row


def _kept(registrar: Registrar, actor: Any) -> Registrar:
    """The row, locked, of a system that `actor` keeps. Raises Refused."""
    require(actor, "applications.keep_registrars", registrar.space)
    return Registrar.objects.select_for_update(of=("self",)).select_related("space", "keeper").get(pk=registrar.pk)


def _fill(registrar: Registrar, values: Mapping[str, Any], actor: Any) -> None:
    former = registrar.keeper_id
    for name in FIELDS:
        if name in values:
            setattr(registrar, name, values[name])
    if "audience" in values:
        registrar.audience = audience_of(values["audience"]) if values["audience"] else None
    registrar.hosts = _checked_hosts(registrar.hosts)
    registrar.guarded = [one for one in Part.values if one in registrar.guarded]
    registrar.full_clean(exclude=["audience", "secret", "hosts", "guarded"])
    if registrar.manifest_address:
        _check_manifest_address(registrar.manifest_address)
    # SECURITY: nobody makes another answer for a system: administrators alone name somebody else.
    if not actor.is_staff and registrar.keeper_id not in (actor.pk, former if registrar.pk else None):
        raise Refused(Denied(_("Only administrators name somebody else as the keeper.")))
    if not ask(registrar.keeper, "applications.keep_registrars", registrar.space):
        raise ValidationError({"keeper": _("The keeper must be one of the editors of the register.")})


def _checked_hosts(hosts: Collection[str]) -> list[str]:
    found = []
    for one in hosts:
        try:
            found.append(check_pattern(one))
        except ValueError:
            text = _("“%(name)s” is no name of a machine, or stands for too many: write outil.ville.example.")
            raise ValidationError({"hosts": text % {"name": one[:100]}}) from None
    if not found:
        raise ValidationError({"hosts": _("Name the machines where its applications are.")})
    if len(found) > HOSTS_MOST:
        raise ValidationError({"hosts": _("At most %(most)s of them.") % {"most": HOSTS_MOST}})
    return sorted(set(found))


def _check_manifest_address(address: str) -> None:
    """SECURITY: nothing signs what is read: on an open line anybody on the way would register applications."""
    try:
        parts = check_address(address)
    except Problem as problem:
        raise ValidationError({"manifest_address": sentence_of(problem.code, problem.data)}) from None
    if parts.scheme != "https" and not _is_named_inside(parts.hostname or ""):
        raise ValidationError({"manifest_address": sentence_of("open_line", {})})


def _is_named_inside(host: str) -> bool:
    """Whether the operator named this machine, or the network of this address."""
    for one in settings.APPLICATION_NETWORKS:
        if one.lower() == host.lower():
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(one, strict=False):
                return True
        except ValueError:
            continue
    return False


def _said(registrar: Registrar, **more: Any) -> dict[str, Any]:
    return {"registrar": str(registrar.uuid), "name": registrar.name, "keeper": registrar.keeper_id, **more}


@transaction.atomic
def renew_registrar_secret(registrar: Registrar, *, actor: Any) -> str:
    """A new secret; the former one is refused from now on. Raises Refused."""
    row = _kept(registrar, actor)
    secret = new_secret()
    row.secret = seal(secret)
    row.save(update_fields=["secret"])
    record(REGISTRAR_CHANGED, row.space, actor=actor, data=_said(row, secret=True))
    return secret


@transaction.atomic
def pause_registrar(registrar: Registrar, *, actor: Any, resume: bool = False) -> None:
    """Take nothing more in from it, or again. What it registered stays as it is. Raises Refused."""
    row = _kept(registrar, actor)
    row.is_active = resume
    if resume:
        row.failures, row.next_poll = 0, timezone.now()
    row.save(update_fields=["is_active", "failures", "next_poll"])
    record(REGISTRAR_CHANGED, row.space, actor=actor, data=_said(row, is_active=resume))


@transaction.atomic
def read_manifest_now(registrar: Registrar, *, actor: Any) -> None:
    """Have the worker read its manifest within seconds, whole, whatever the machine said before. Raises Refused."""
    row = _kept(registrar, actor)
    if not row.manifest_address or not row.is_active:
        raise Refused(Denied(_("Only a manifest with an address is read, of a system that is not paused.")))
    row.etag, row.modified, row.next_poll = "", "", timezone.now()
    row.save(update_fields=["etag", "modified", "next_poll"])
    record(REGISTRAR_CHANGED, row.space, actor=actor, data=_said(row, asked=True))


@transaction.atomic
def accept_any_version(registrar: Registrar, *, actor: Any) -> None:
    """Take the next manifest of each of its applications whatever its version: the pipeline counts anew. Raises
    Refused."""
    row = _kept(registrar, actor)
    row.registrations.update(version="", digest="")
    record(REGISTRAR_CHANGED, row.space, actor=actor, data=_said(row, versions=True))
