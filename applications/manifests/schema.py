"""The format of a manifest, version 1. The same classes check what comes and describe it in OpenAPI."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..models import Application, Door, Entry, Stage

CATEGORIES = tuple(Application.Category.values)
KEY = r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$"

Moment = Annotated[str, Field(max_length=40, json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(max_length=10, json_schema_extra={"format": "date"})]
Web = Annotated[str, Field(max_length=500, json_schema_extra={"format": "uri"})]
Key = Annotated[str, Field(max_length=60, pattern=KEY)]


class _Part(BaseModel):
    """Strict: a number is no text. What is not known is left out, and told."""

    model_config = ConfigDict(strict=True, extra="ignore", populate_by_name=False)


class Names(_Part):
    """The name in both languages; French is the official one."""

    fr: Annotated[str, Field(min_length=2, max_length=250)]
    en: Annotated[str, Field(max_length=250)] = ""


class Texts(_Part):
    """A text in both languages, plain."""

    fr: Annotated[str, Field(max_length=4000)] = ""
    en: Annotated[str, Field(max_length=4000)] = ""


class Addresses(_Part):
    """Its doors. One at least; those left out are none."""

    web: Web | None = None
    notes: Annotated[str, Field(max_length=500)] | None = None
    desktop: Annotated[str, Field(max_length=440)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None


class Help(_Part):
    """How one is helped: a few words, the address of a page."""

    fr: Annotated[str, Field(max_length=4000)] = ""
    en: Annotated[str, Field(max_length=4000)] = ""
    address: Web | None = None


class Support(_Part):
    """Who is asked when it does not work."""

    name: Annotated[str, Field(max_length=120)] = ""
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None


class Maintenance(_Part):
    """A window during which it may not work."""

    from_: Moment = Field(alias="from")
    until: Moment
    fr: Annotated[str, Field(max_length=250)] = ""
    en: Annotated[str, Field(max_length=250)] = ""


class Manifest(_Part):
    """What a system says of one application. What is left out stays as it is; null empties it.

    An object inside (`addresses`, `help`, `support`, `maintenance`) is taken as a whole.
    """

    format: Literal[1] = Field(1, description="Version of this format.")
    key: Key = Field(description="How the system calls it, for ever: small letters, digits and hyphens.")
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:+-]{0,39}$")] | int = Field(
        description='Grows with each change: 12, "2.10.1", "2026-11-29T14:30:00Z". An older one that arrives late is '
        "left aside; another text under the same version is refused."
    )
    name: Names
    description: Texts | None = None
    icon: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")] | None = Field(
        None, description="A Tabler name."
    )
    category: Literal[CATEGORIES] | None = None  # type: ignore[valid-type]
    addresses: Addresses | None = None
    opens_with: Literal[tuple(Door.values)] | None = None  # type: ignore[valid-type]
    help: Help | None = None
    support: Support | None = None
    owner: Annotated[str, Field(max_length=254)] | None = Field(
        None, description="User name, e-mail address or id of the person who answers for it."
    )
    audience: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)] | None = Field(
        None,
        description="Who sees it: “everyone”, “elected”, “unit:<code>”, “group:<name>”. Null: all it may.",
    )
    access: Literal[tuple(Entry.values)] | None = None  # type: ignore[valid-type]
    stage: Literal[tuple(Stage.values)] | None = None  # type: ignore[valid-type]
    service_from: Moment | None = Field(None, description="When it goes into service by itself.")
    maintenance: Maintenance | None = None
    retires_on: Day | None = None
    successor: Key | None = Field(None, description="Key of the application that takes its place.")
    health: Web | None = Field(None, description="Where the portal asks whether it works.")


def described() -> dict[str, Any]:
    """The JSON Schema of a manifest, in one piece: nothing in it refers to elsewhere."""
    schema = Manifest.model_json_schema(by_alias=True)
    parts = schema.pop("$defs", {})

    def inlined(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return inlined(parts[node["$ref"].rpartition("/")[2]])
            return {name: inlined(value) for name, value in node.items()}
        return [inlined(one) for one in node] if isinstance(node, list) else node

    whole: dict[str, Any] = inlined(schema)
    return whole
