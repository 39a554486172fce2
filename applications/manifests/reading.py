"""From bytes to manifests: strict JSON, then the format. Everything that is wrong is told at once, with its place."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from .problems import Flaw
from .schema import Manifest

MANIFEST_MAX = 256 * 1024
DEPTH, DIGITS = 8, 18
# Values in a document, names aside: fifty applications have some three thousand.
PARTS_MOST = 20_000
# In one polled document.
MOST = 50
# More than this tells nobody anything.
FLAWS = 100


@dataclass
class Reading:
    """One manifest: what it says (`said`, plain JSON), the same by the format when nothing is wrong, what is wrong."""

    said: dict[str, Any] = field(default_factory=dict)
    manifest: Manifest | None = None
    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)
    # Where it stands in its document.
    root: str = "$"

    def rooted(self, flaws: Iterable[Flaw]) -> list[Flaw]:
        """The same flaws of a manifest with their place in the whole document."""
        return [one if one.path.startswith(self.root) else one.at(f"{self.root}{one.path[1:]}") for one in flaws]

    @property
    def key(self) -> str:
        """The key it gives, if it is one."""
        key = self.said.get("key")
        return key[:60] if isinstance(key, str) else ""

    @property
    def digest(self) -> str:
        """The same for the same text, however it is spaced and ordered."""
        text = json.dumps(self.said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Unkeepable:
    """A number that is none, or too large to be meant."""


class _Object(dict):
    """An object, and the names that were in it twice."""

    repeated: tuple[str, ...] = ()


class _Unreadable(Exception):
    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.code)
        self.flaw = flaw


def read_manifests(body: bytes, *, key: str = "") -> list[Reading]:
    """The manifests in a document: one object, or `{"applications": [...]}` where no `key` is given.

    `key`: that of the address it was sent to; the manifest may leave it out. Never raises: what cannot be read at all
    is one reading with its flaw.
    """
    try:
        whole = _json(body)
        _check_size(whole)
        objects = [whole] if key else list(_objects(whole))
    except _Unreadable as unreadable:
        return [Reading(flaws=[unreadable.flaw])]
    many = len(objects) > 1 or (isinstance(whole, dict) and "applications" in whole and not key)
    return [_read(one, f"$.applications[{place}]" if many else "$", key) for place, one in enumerate(objects)]


def _json(body: bytes) -> Any:
    if len(body) > MANIFEST_MAX:
        raise _Unreadable(Flaw("too_large", data={"kb": MANIFEST_MAX // 1024}))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unreadable(Flaw("encoding")) from None
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_real, parse_constant=lambda _: _Unkeepable()
        )
    except RecursionError:
        raise _Unreadable(Flaw("too_deep")) from None
    except json.JSONDecodeError as error:
        raise _Unreadable(Flaw("bad_json", data={"line": error.lineno})) from None
    except ValueError:
        raise _Unreadable(Flaw("bad_json", data={"line": 1})) from None


def _check_size(whole: Any) -> None:
    """SECURITY: each part is walked several times, and each may have something wrong."""
    count, left = 0, [whole]
    while left:
        node = left.pop()
        count += 1
        if count > PARTS_MOST:
            raise _Unreadable(Flaw("crowded", data={"most": PARTS_MOST}))
        left.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        found.repeated = tuple(name for name, times in counts.items() if times > 1)[:5]
    return found


def _whole(text: str) -> Any:
    return int(text) if len(text.lstrip("-")) <= DIGITS else _Unkeepable()


def _real(text: str) -> Any:
    value = float(text)
    return value if abs(value) < 1e18 else _Unkeepable()


def _objects(whole: Any) -> Iterator[Any]:
    if isinstance(whole, dict) and isinstance(whole.get("applications"), list):
        if len(whole["applications"]) > MOST:
            raise _Unreadable(Flaw("many", "$.applications", {"most": MOST}))
        if not whole["applications"]:
            raise _Unreadable(Flaw("empty", "$.applications"))
        yield from whole["applications"]
    else:
        yield whole


def _read(one: Any, root: str, key: str) -> Reading:
    flaws: dict[str, Flaw] = {}
    plain = _plain(one, root, 0, flaws)
    if not isinstance(plain, dict):
        return Reading(flaws=[*flaws.values(), Flaw("type_object", root)][:FLAWS], root=root)
    found = Reading(said=plain, root=root)
    if key and plain.setdefault("key", key) != key:
        flaws.setdefault(f"{root}.key", Flaw("wrong_key", f"{root}.key"))
    try:
        manifest: Manifest | None = Manifest.model_validate(plain)
    except ValidationError as error:
        manifest = None
        for flaw in _told(error, root):
            # One place, one sentence: the first is the cause of the others.
            if not any(flaw.path == known or flaw.path.startswith((f"{known}.", f"{known}[")) for known in flaws):
                flaws[flaw.path] = flaw
    found.flaws = sorted(flaws.values(), key=lambda flaw: flaw.path)[:FLAWS]
    found.manifest = None if found.flaws else manifest
    found.warnings = list(islice(_unknown(plain, Manifest, root), FLAWS))
    return found


def _plain(node: Any, path: str, depth: int, flaws: dict[str, Flaw]) -> Any:
    """`node` as plain JSON, what cannot be kept replaced; what is wrong with it goes into `flaws`, by its place."""
    if depth > DEPTH:
        flaws[path] = Flaw("too_deep", path)
        return None
    if isinstance(node, dict):
        for name in getattr(node, "repeated", ()):
            flaws[_under(path, name)] = Flaw("twice", _under(path, name), {"name": _shown(name)})
        made = {}
        for name, value in node.items():
            if _signs(name):
                flaws[_under(path, name)] = Flaw("signs", _under(path, name), {"signs": _signs(name)})
                continue
            made[name] = _plain(value, _under(path, name), depth + 1, flaws)
        return made
    if isinstance(node, list):
        return [_plain(one, f"{path}[{place}]", depth + 1, flaws) for place, one in enumerate(node)]
    if isinstance(node, str):
        if any("\ud800" <= one <= "\udfff" for one in node):
            flaws[path] = Flaw("half_character", path)
            return "".join(one for one in node if not "\ud800" <= one <= "\udfff")
        if found := _signs(node):
            flaws[path] = Flaw("signs", path, {"signs": found})
        return node
    if isinstance(node, _Unkeepable):
        flaws[path] = Flaw("number", path)
        return None
    return node


def _signs(text: str) -> str:
    """The signs that are refused: controls, half characters, what is not seen or turns the text around. As U+202E."""
    # Cf: bidirectional marks, zero-width signs; Co, Cn: no sign that anybody else knows.
    bad = {one for one in text if one not in "\n\r\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Cn")}
    return ", ".join(f"U+{ord(one):04X}" for one in sorted(bad)[:5])


def _under(path: str, name: str) -> str:
    return f"{path}.{_shown(name)}"


def _shown(name: str) -> str:
    """A name of an object, as it may be shown: it was written by whoever sent it."""
    return "".join(one if one.isprintable() else "?" for one in name[:60]) or "?"


_TYPES = {
    "string_type": "type_text",
    "dict_type": "type_object",
    "model_type": "type_object",
    "model_attributes_type": "type_object",
    "list_type": "type_list",
    "string_pattern_mismatch": "form",
    "missing": "missing",
}


def _told(error: ValidationError, root: str) -> Iterator[Flaw]:
    """What the format says, in our words."""
    for one in error.errors(include_url=False):
        path, where = root, [*one["loc"]]
        if where[:1] == ["version"] and len(where) > 1:
            # One sentence for the two sorts it may be.
            yield Flaw("type_version", f"{root}.version")
            continue
        for part in where:
            path = f"{path}[{part}]" if isinstance(part, int) else _under(path, str(part))
        values = one.get("ctx", {})
        if one["type"] == "literal_error":
            if where == ["format"]:
                yield Flaw("format", path, {"version": str(one["input"])[:20]})
            else:
                yield Flaw("choice", path, {"choices": str(values.get("expected", "")).replace(" or ", ", ")[:300]})
        elif one["type"] == "string_too_long":
            yield Flaw("too_long", path, {"most": values["max_length"]})
        elif one["type"] == "string_too_short":
            yield Flaw("too_short", path, {"least": values["min_length"]})
        elif one["type"] == "too_long":
            yield Flaw("too_many", path, {"most": values["max_length"]})
        else:
            yield Flaw(_TYPES.get(one["type"], "type"), path)


def _unknown(plain: dict[str, Any], model: type[BaseModel], root: str) -> Iterator[Flaw]:
    """Names the format does not have: left aside, and told."""
    known = {field.alias or name: field for name, field in model.model_fields.items()}
    for name, value in plain.items():
        if name not in known:
            yield Flaw("unknown", _under(root, name), is_warning=True)
            continue
        for inner in _models_of(known[name].annotation):
            if isinstance(value, dict):
                yield from _unknown(value, inner, _under(root, name))


def _models_of(annotation: Any) -> list[type[BaseModel]]:
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return [one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)]
