"""What an address of the portal leads to: the content or the space that took the place of something in Notes."""

import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from foundation.content.models import Content
from foundation.spaces.models import Space

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_SLUG = re.compile(r"[a-zA-Z0-9_-]{1,60}")
BATCH = 300
Target = Content | Space


def path_of(address: str) -> str:
    """The path of an address of this portal, ended by a slash; empty for an address of elsewhere."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    # SECURITY: people are sent to nothing but the portal itself.
    own = {urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS}
    if parts.scheme not in ("", "http", "https") or (host not in own if parts.netloc else bool(parts.scheme)):
        return ""
    return f"{parts.path.rstrip('/')}/" if parts.path.startswith("/") else ""


def targets_of(addresses: Collection[str], *, reader: Any) -> dict[str, Target]:
    """What each address leads to, of what `reader` may see; those that lead to nothing of the kind are left out.

    Content is known by the UUID in its address, a space by its slug. The number of queries grows by one for each 300
    addresses.
    """
    paths = {address: path for address in addresses if (path := path_of(address))}
    by_path: dict[str, Target] = {}
    uuids = sorted({found[0].lower() for path in paths.values() if (found := _UUID.search(path))})
    for some in _batches(uuids):
        rows = Content.objects.visible_to(reader).filter(uuid__in=[UUID(one) for one in some]).select_related("space")
        by_path |= {one.get_absolute_url(): one for one in rows}
    slugs = sorted({part for path in paths.values() for part in path.split("/")[2:4] if _SLUG.fullmatch(part)})
    for some in _batches(slugs):
        for space in Space.objects.visible_to(reader).filter(slug__in=some):
            by_path.setdefault(space.get_absolute_url(), space)
    return {address: by_path[path] for address, path in paths.items() if path in by_path}


def _batches(values: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(values), BATCH):
        yield values[at : at + BATCH]
