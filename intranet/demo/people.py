"""The people of the demo city: fictional, deterministic for a seed, none before their manager in the list."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count as counter
from uuid import UUID

from directory.ldif import entry_uuid

from .city import Borough, DemoUnit, boroughs, of, read_toml, units
from .names import Name, NameMaker, ascii_of

# Plainly a demo's: it is printed on the screen of whoever starts one.
DEMO_PASSWORD = "demo-parvis-2026"
SEED = 1642
DEFAULT_COUNT = 2000
# Elected officials, heads of units, the seven sign-ins and a few others.
MINIMUM = 200
EMAIL_DOMAIN = "ville.example"
# Staff of one section; a division with more of them has heads of section.
SECTION = 14

# LDAP groups: French and English names.
GROUPS: dict[str, tuple[str, str]] = {
    "communications": ("Communications", "Communications"),
    "archivistes": ("Archivistes", "Records archivists"),
    "gestionnaires": ("Gestionnaires", "Managers"),
    "administrateurs-parvis": ("Administration de Parvis", "Parvis administrators"),
    "hotes-communautes": ("Hôtes de communautés", "Community hosts"),
    "haute-direction": ("Haute direction", "Senior management"),
    "encadrement": ("Encadrement", "Management"),
}
# Groups whose members are those of other groups.
SUBGROUPS: dict[str, tuple[str, ...]] = {"encadrement": ("gestionnaires", "haute-direction")}
_SENIOR = SUBGROUPS["encadrement"]
# Divisions without a head of their own: what a vacancy looks like.
HEADLESS = 4


@dataclass(frozen=True)
class DemoPerson:
    """One fictional person, as the directory knows them."""

    username: str
    given_name: str
    family_name: str
    title_fr: str
    title_en: str
    unit_code: str
    manager_username: str | None
    email: str
    phone: str
    mobile: str
    notes_name: str
    site: str
    room: str
    job_class: str
    language: str
    kind: str  # employee, elected, external: `Person.Kind`
    employee_number: str
    is_active: bool
    groups: tuple[str, ...]
    entry_uuid: UUID
    office: str = ""  # of the elected: `Mandate.Office`
    district: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class SignIn:
    """One of the seven people one can be in a demo."""

    role: str
    username: str
    name: Name
    unit_code: str
    title_fr: str
    title_en: str
    groups: tuple[str, ...] = ()
    language: str = "fr"


SIGN_INS = (
    SignIn(
        "employee", "cdubois", Name("Claire", "Dubois", True, "french"), "PMR-TP",
        "Agente technique en voirie", "Roads Technician",
    ),
    SignIn(
        "manager", "kbenali", Name("Karim", "Benali", False, "arabic"), "PMR-TP",
        "Chef de division", "Division Head", ("gestionnaires",),
    ),
    SignIn(
        "communications_officer", "nsaintfleur", Name("Nadège", "Saint-Fleur", True, "haitian"), "SEC-COI",
        "Chargée de communication", "Communications Officer", ("communications",),
    ),
    SignIn(
        "community_host", "pferrante", Name("Paolo", "Ferrante", False, "italian"), "SIR-CHA",
        "Ingénieur", "Engineer", ("hotes-communautes",),
    ),
    SignIn(
        "records_archivist", "lnguyen", Name("Lan", "Nguyen", True, "vietnamese"), "GRE-ARC",
        "Archiviste", "Records Archivist", ("archivistes",),
    ),
    SignIn(
        "elected_official", "mwhitfield", Name("Margaret", "Whitfield", True, "english"), "CDN",
        "", "", (), "en",
    ),
    SignIn(
        "administrator", "elafreniere", Name("Étienne", "Lafrenière", False, "french"), "STI-INF",
        "Administrateur de systèmes", "Systems Administrator", ("administrateurs-parvis",),
    ),
)  # fmt: skip
BY_ROLE = {one.role: one for one in SIGN_INS}
# Where the elected official of the sign-ins is elected.
SIGN_IN_DISTRICT = ("CDN", "Loyola")

_PLACES = (
    "Hôtel de ville", "Édifice de la rue Notre-Dame", "Édifice du boulevard Crémazie", "Édifice de la rue Brennan",
    "Édifice de la place Dupuis",
)  # fmt: skip


class _Builder:
    """Gives each person what must be unique or drawn, in the order people are made."""

    def __init__(self, seed: int, count: int) -> None:
        self.rng = random.Random(seed)
        self.names = NameMaker(self.rng, frozenset(ascii_of(one.name.given + one.name.family) for one in SIGN_INS))
        self.usernames = {one.username for one in SIGN_INS}
        self.emails: set[str] = set()
        self.numbers = iter(self.rng.sample(range(100000, 1000000), count))
        self.units = {one.code: one for one in units()}
        self.titles = read_toml("titles.toml")
        self.made: list[DemoPerson] = []

    def add(
        self,
        unit_code: str,
        title: list[str] | tuple[str, ...],
        *,
        manager: DemoPerson | None = None,
        kind: str = "employee",
        groups: tuple[str, ...] = (),
        sign_in: SignIn | None = None,
        office: str = "",
        district: str = "",
    ) -> DemoPerson:
        """Make one person. `title` is feminine, masculine, English."""
        rng = self.rng
        name = sign_in.name if sign_in else self.names.name(elected=kind == "elected")
        language = "en" if rng.random() < (0.85 if name.origin == "english" else 0.13) else "fr"
        username = sign_in.username if sign_in else self._username(name)
        site, room = self._place(self.units[unit_code], kind)
        person = DemoPerson(
            username=username,
            given_name=name.given,
            family_name=name.family,
            title_fr=title[0] if name.woman else title[1],
            title_en=title[2],
            unit_code=unit_code,
            manager_username=manager.username if manager else None,
            email=self._email(name),
            phone=f"514 555-01{rng.randrange(100):02d}, poste {rng.randrange(1000, 10000)}",
            # Those who work outdoors or are elected have a telephone of the city in their pocket.
            mobile=self._mobile(self.units[unit_code], kind),
            notes_name=f"{name.given} {name.family}/{unit_code.partition('-')[0]}/Ville",
            site=site,
            room=room,
            job_class=self._job_class(self.units[unit_code], title, kind),
            language=sign_in.language if sign_in else language,
            kind=kind,
            employee_number=str(next(self.numbers)),
            is_active=True,
            groups=tuple(sorted({*groups, *(sign_in.groups if sign_in else ())})),
            entry_uuid=entry_uuid("person", username),
            office=office,
            district=district,
        )
        self.made.append(person)
        return person

    def _username(self, name: Name) -> str:
        base = (ascii_of(name.given)[:1] + ascii_of(name.family))[:40]
        username = next(one for one in self._numbered(base) if one not in self.usernames)
        self.usernames.add(username)
        return username

    def _email(self, name: Name) -> str:
        base = f"{ascii_of(name.given)}.{ascii_of(name.family)}"
        local = next(one for one in self._numbered(base) if one not in self.emails)
        self.emails.add(local)
        return f"{local}@{EMAIL_DOMAIN}"

    @staticmethod
    def _numbered(base: str) -> Iterator[str]:
        yield base
        yield from (f"{base}{number}" for number in counter(2))

    def _mobile(self, unit: DemoUnit, kind: str) -> str:
        number = f"438 555-01{self.rng.randrange(100):02d}"
        return number if kind == "elected" or unit.trade in ("works", "police", "fire") else ""

    @staticmethod
    def _job_class(unit: DemoUnit, title: list[str] | tuple[str, ...], kind: str) -> str:
        """A key of `directory.mapping.JOB_CLASSES`."""
        if kind != "employee":
            return ""
        if re.match(r"(?:Chef|Direct|Command|Contrem)", title[1]):
            return "cadre"
        if unit.kind == "cabinet":
            return "cabinet"
        if re.match(r"(?:Ingénieur|Architecte|Avocat|Urbaniste|Conseill|Analyste|Chargé|Archiviste)", title[1]):
            return "professionnel"
        return {"works": "col-bleu", "police": "policier", "fire": "pompier"}.get(unit.trade, "col-blanc")

    def _place(self, unit: DemoUnit, kind: str) -> tuple[str, str]:
        """The building and the room in it."""
        rng = self.rng
        room = f"{rng.randrange(1, 7)}.{rng.randrange(100, 400)}"
        if unit.trade == "police":
            return f"Poste de quartier {rng.randrange(1, 49)}", ""
        if unit.trade == "fire":
            return f"Caserne {rng.randrange(1, 68)}", ""
        if unit.kind == "city" or unit.code == "VDM-CAB":
            return "Hôtel de ville", room
        top = self.units[unit.parent_code] if unit.kind in ("division", "cabinet") and unit.parent_code else unit
        if top.kind != "borough":
            # The same service is in the same building: its place in the list of units chooses it.
            return _PLACES[sum(map(ord, top.code)) % len(_PLACES)], room
        if unit.trade == "works":
            return f"Cour de services, {top.name_fr}", rng.choice("ABC")
        if unit.trade == "library":
            return f"Bibliothèque, {top.name_fr}", room
        return f"Mairie d'arrondissement, {top.name_fr}", room

    def title(self, trade: str) -> list[str]:
        """A drawn title of the trade's staff."""
        rows = self.titles["staff"][trade]
        return self.rng.choices([row[1:] for row in rows], [row[0] for row in rows])[0]


def _district(word: tuple[str, str], district: str, borough: Borough) -> tuple[str, str, str]:
    """Feminine, masculine and English titles of a councillor: the district, then the borough unless it is the same."""
    if district == borough.name:
        return word[0] + f", {district}", word[1] + f", {district}", f"City Councillor, {district}"
    where = f", district {of(district)}"
    english = "City Councillor" if "ville" in word[0] else "Borough Councillor"
    return word[0] + where, word[1] + where, f"{english}, {district} District"


def _elected(build: _Builder) -> dict[str, DemoPerson]:
    """The 103 elected officials. Answers the mayors by the code of their unit."""
    root = units()[0].code
    title = ("Mairesse de Montréal", "Maire de Montréal", "Mayor of Montréal")
    mayor = build.add(root, title, kind="elected", office="mayor")
    mayors = {root: mayor, "VMA": mayor}
    for borough in boroughs():
        if borough.code not in mayors:
            name = of(borough.name)
            title = (
                f"Mairesse de l'arrondissement {name}",
                f"Maire de l'arrondissement {name}",
                f"Borough Mayor of {borough.name}",
            )
            mayors[borough.code] = build.add(borough.code, title, kind="elected", office="borough_mayor")
    for borough in boroughs():
        for district in borough.councillors:
            title = _district(("Conseillère de la ville", "Conseiller de la ville"), district, borough)
            is_sign_in = (borough.code, district) == SIGN_IN_DISTRICT
            sign_in = BY_ROLE["elected_official"] if is_sign_in else None
            office = "city_councillor"
            build.add(borough.code, title, kind="elected", sign_in=sign_in, office=office, district=district)
        for district in borough.borough_councillors:
            title = _district(("Conseillère d'arrondissement", "Conseiller d'arrondissement"), district, borough)
            build.add(borough.code, title, kind="elected", office="borough_councillor", district=district)
    return mayors


def _shares(total: int, weights: list[float]) -> list[int]:
    """`total` split in proportion to `weights`, by largest remainder."""
    if total <= 0:
        return [0] * len(weights)
    whole = sum(weights)
    exact = [total * one / whole for one in weights]
    shares = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for index in order[: total - sum(shares)]:
        shares[index] += 1
    return shares


def _heads(build: _Builder) -> dict[str, DemoPerson]:
    """The city manager and who leads each borough and service, by unit code."""
    heads = {}
    general = next(one for one in units() if one.code == "SDG")
    heads[general.code] = boss = build.add(general.code, general.head, groups=_SENIOR)
    for unit in units():
        if unit.kind in ("borough", "service") and unit.code not in heads:
            title = unit.head or build.titles["heads"][unit.kind]
            heads[unit.code] = build.add(unit.code, title, manager=boss, groups=_SENIOR)
    return heads


def _fill(build: _Builder, leaves: list[DemoUnit], leads: dict[str, DemoPerson], staff: int) -> None:
    """The staff of every division, in sections where it is large; first the sign-ins who work there."""
    sign_ins = [one for one in SIGN_INS if one.role not in ("elected_official", "manager")]
    shares = _shares(staff, [one.weight for one in leaves])
    for unit, share in zip(leaves, shares, strict=True):
        lead, managers = leads[unit.code], []
        sections = share // SECTION if share > SECTION else 0
        word = build.titles["section"].get(unit.trade, build.titles["heads"]["section"])
        for _number in range(sections):
            managers.append(build.add(unit.code, word, manager=lead))
        for sign_in in (one for one in sign_ins if one.unit_code == unit.code):
            # Next to the head of the division, so that a demo shows the manager's own team.
            title = (sign_in.title_fr, sign_in.title_fr, sign_in.title_en)
            build.add(unit.code, title, manager=lead, sign_in=sign_in)
        for number in range(share - sections):
            manager = managers[number % sections] if sections else lead
            title = build.title(unit.trade)
            spokes = ("communications",) if title[0] == "Chargée de communication" else ()
            keeps = ("archivistes",) if title[0] == "Archiviste" else ()
            build.add(unit.code, title, manager=manager, groups=spokes + keeps)


def _leads(
    build: _Builder, leaves: list[DemoUnit], heads: dict[str, DemoPerson], mayors: dict[str, DemoPerson], number: int
) -> dict[str, DemoPerson]:
    """Who leads each division and cabinet. In a small city some have nobody of their own: the unit above leads."""
    chosen = {one.code for one in build.rng.sample(leaves, number)} | {BY_ROLE["manager"].unit_code}
    leads = {}
    for unit in leaves:
        above = mayors.get(unit.parent_code or "") if unit.kind == "cabinet" else heads[unit.parent_code or ""]
        if unit.code not in chosen:
            leads[unit.code] = above
            continue
        sign_in = BY_ROLE["manager"] if unit.code == BY_ROLE["manager"].unit_code else None
        words = build.titles["heads"]["cabinet" if unit.kind == "cabinet" else "division"]
        title = words if unit.kind == "cabinet" else build.titles["division"].get(unit.trade, words)
        groups = () if unit.kind == "cabinet" else ("gestionnaires",)
        leads[unit.code] = build.add(unit.code, title, manager=above, groups=groups, sign_in=sign_in)
    return leads


def _with_groups(made: list[DemoPerson], *, hosts: list[str]) -> list[DemoPerson]:
    """Give the groups that follow from who is there: a host for each community, two more administrators."""
    extra: dict[str, set[str]] = {}
    taken = {one.username for one in SIGN_INS}
    working = [one for one in made if one.kind == "employee" and one.is_active and "gestionnaires" not in one.groups]
    for unit_code in [*hosts, "STI-INF", "STI-SOL"]:
        group = "hotes-communautes" if len(extra) < len(hosts) else "administrateurs-parvis"
        near = [one for one in working if one.unit_code == unit_code and one.username not in taken]
        wider = (one for one in working if one.username not in taken)
        person = near[0] if near else next(wider)
        taken.add(person.username)
        extra[person.username] = {group}
    return [
        replace(one, groups=tuple(sorted({*one.groups, *extra[one.username]}))) if one.username in extra else one
        for one in made
    ]


def _with_leavers(made: list[DemoPerson], rng: random.Random) -> list[DemoPerson]:
    """One in a hundred has left. Never a manager, an elected official or a sign-in."""
    manages = {one.manager_username for one in made}
    kept = manages | {one.username for one in SIGN_INS}
    may = [one.username for one in made if one.kind != "elected" and one.username not in kept]
    left = set(rng.sample(may, min(len(may), len(made) // 100)))
    return [replace(one, is_active=False) if one.username in left else one for one in made]


def people(count: int = DEFAULT_COUNT, seed: int = SEED) -> list[DemoPerson]:
    """`count` people, the same for the same count and seed. ValueError below `MINIMUM`."""
    if count < MINIMUM:
        raise ValueError(f"the demo city has at least {MINIMUM} people")
    build = _Builder(seed, count)
    mayors = _elected(build)
    heads = _heads(build)
    leaves = [one for one in units() if one.kind in ("division", "cabinet")]
    # What is left once the other sign-ins, who are staff, and the externals have their place.
    externals = count // 200
    left = count - len(build.made) - (len(SIGN_INS) - 2) - externals
    number = min(len(leaves) - HEADLESS, left // 3)
    leads = _leads(build, leaves, heads, mayors, number)
    _fill(build, leaves, leads, count - len(build.made) - (len(SIGN_INS) - 2) - externals)
    rows = build.titles["external"]["list"]
    for _number in range(externals):
        title = build.rng.choices([row[1:] for row in rows], [row[0] for row in rows])[0]
        unit_code = build.rng.choice(["STI-SOL", "STI-INF", "SFI-COM", "SIR-REA"])
        build.add(unit_code, title, manager=leads[unit_code], kind="external")
    made = _with_leavers(build.made, build.rng)
    hosts = [one["host_unit"] for one in read_toml("communities.toml")["communities"] if "host" not in one]
    return _with_groups(made, hosts=hosts)
