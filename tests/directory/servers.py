"""Directory servers as other cities have them: with the names of another vendor, or without syncrepl."""

import re
import runpy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from directory.ldif import entry, ssha
from directory.slapd import PrivateSlapd

SCHEMAS = Path(__file__).resolve().parent / "schemas"


class OtherSlapd(PrivateSlapd):
    """A slapd without syncprov. `schema`: a file of SCHEMAS; its city is then its own, without our branches.

    `pretends`: the server still says that it offers syncrepl, as one does that has it for another database.
    """

    def __init__(self, folder: Path, schema: str = "", *, pretends: bool = False) -> None:
        super().__init__(folder)
        self.schema, self.pretends = schema, pretends
        if schema:
            self.bind_dn = f"cn=parvis,{self.base_dn}"

    def _write_configuration(self) -> None:
        super()._write_configuration()
        path = self.folder / "slapd.conf"
        text = re.sub(r"(?m)^(overlay syncprov|syncprov-.*)\n?", "", path.read_text())
        if not self.pretends:
            text = re.sub(r"(?m)^moduleload syncprov\n", "", text)
        if self.schema:
            text = re.sub(r"(?m)^(include .*ville\.schema.*)$", rf'\1\ninclude "{SCHEMAS / self.schema}.schema"', text)
        path.write_text(text)

    def _skeleton(self) -> Iterable[str]:
        if not self.schema:
            yield from super()._skeleton()
            return
        yield entry(self.base_dn, objectClass=["dcObject", "organization"], dc="ville", o="Ville")
        yield entry(
            self.bind_dn,
            objectClass=["organizationalRole", "simpleSecurityObject"],
            cn="parvis",
            userPassword=ssha(self.bind_password),
        )


def configure(server: PrivateSlapd, monkeypatch: pytest.MonkeyPatch, settings: Any, **variables: str) -> None:
    """Point the settings at a server as an operator would: by variables of the environment."""
    values = {
        "LDAP_URI": server.uri,
        "LDAP_CA_FILE": str(server.ca_file),
        "LDAP_BASE_DN": server.base_dn,
        "LDAP_BIND_DN": server.bind_dn,
        "LDAP_BIND_PASSWORD": server.bind_password,
        **variables,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    for name, value in runpy.run_module("directory.ldap_settings").items():
        if name.startswith(("AUTH_LDAP_", "LDAP_")):
            setattr(settings, name, value)
