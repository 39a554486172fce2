"""Every kind of page, read by axe-core: at 1440 and 360 px, in French and English, light and dark.

A page is loaded once and looked at in each width and theme. Everything found is collected before the test fails, so
that one run says all there is to mend.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import HEIGHTS, NARROW, PHONE, WIDE, Browse
from .portal import ADMINISTRATOR, AXE, COMMUNICATIONS, ELECTED, EMPLOYEE, HOST, MANAGER, Portal, Watch, act, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Where the employee of the demonstration belongs, and does not.
MEMBER_OF = "/communities/beton-et-chaussees/"
NOT_MEMBER_OF = "/communities/bibliotheques/"
RESTRICTED = "/communities/securite-de-linformation/"
BODY = """Voici les faits.

## Ce qui est connu

| Lieu | Arrondissement | Seuil |
|---|---|---|
| Bibliothèque | Côte-des-Neiges–Notre-Dame-de-Grâce | 12 mm |
| Aréna | Rivière-des-Prairies–Pointe-aux-Trembles | 8 mm |

- [Le guide](https://guide.ville.example/tres/longue/adresse/qui-ne-se-coupe-pas-facilement-du-tout)
- `une_commande --avec-une-option-longue --et-une-autre-option-longue --et-encore-une`

> Une citation.
"""
# The notice of the employee's borough that was corrected and is to be acknowledged; the sites the tests visit.
CORRECTED = "/notices/?site=plateau&genre=notice"
SITE, CITY_SITE = "/sites/plateau/", "/sites/ville/"
ALERT = {
    "title_fr": "Côte-des-Neiges–Notre-Dame-de-Grâce : panne d'eau",
    "title_en": "Côte-des-Neiges–Notre-Dame-de-Grâce: no water",
    "body_fr": "L'eau revient ce soir.",
    "body_en": "The water is back tonight.",
    "link": "/apps/",
    "link_label_fr": "Où en trouver",
    "link_label_en": "Where to find some",
    "audience": ["everyone"],
}
LONG = "Côte-des-Neiges–Notre-Dame-de-Grâce et Rivière-des-Prairies–Pointe-aux-Trembles : horaires"

# What axe does not judge, or judges more mildly than we do.
OWN = r"""(language) => {
  const found = [];
  const shown = (one) => one.checkVisibility();
  const heads = [...document.querySelectorAll("h1")].filter(shown);
  if (heads.length !== 1) found.push(`${heads.length} h1`);
  if (document.documentElement.lang !== language) found.push(`html lang is ${document.documentElement.lang}`);
  for (const one of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const named = one.labels.length || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby");
    if (!named) found.push(`no label: ${one.outerHTML}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) found.push(`id twice: ${id}`);
  for (const one of document.querySelectorAll("button, a[href], summary")) {
    const named = one.textContent.trim() || one.getAttribute("aria-label") || one.querySelector("[aria-label]");
    if (shown(one) && !named) found.push(`no name: ${one.outerHTML}`);
  }
  // "8:17 a.m." at the end of a sentence has its point already.
  for (const [by] of document.body.innerText.matchAll(/.{0,30}[^.\s/]\.\.(?![./])/g)) found.push(`two points: ${by}`);
  return found;
}"""
# How far a finger could push the page aside.
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE_RUN = """async ([within, runOnly]) => {
  const { violations } = await axe.run(within, { resultTypes: ["violations"], runOnly });
  const said = (one) => `${one.target}: ${one.html.slice(0, 160)} ${one.any[0]?.message ?? ""}`;
  return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map(said) }));
}"""


@dataclass
class Reading:
    """What was found so far, and the titles seen."""

    language: str
    found: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def read(self, page: Page, name: str, *, widths: tuple[int, ...] = (WIDE, PHONE), within: str = "html") -> None:
        """Look at the page as it stands, in each width and theme. `widths`: those in which this state exists;
        `within`: what floats above the page, which half covers what is not to be used meanwhile."""
        is_ready(page)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        self._note(name, page.evaluate(OWN, self.language))
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            self._axe(page, f"{name} at {width}", within, {"type": "tag", "values": TAGS})
            if width == widths[0]:
                page.emulate_media(color_scheme="dark")
                self._axe(page, f"{name} at {width}, dark", within, {"type": "rule", "values": ["color-contrast"]})
                page.emulate_media(color_scheme="light")
        for width in (PHONE, NARROW) if PHONE in widths else ():
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            if (beyond := page.evaluate(SIDEWAYS)) > 0:
                self._note(f"{name} at {width}", [f"{beyond} px beyond the screen"])
        page.set_viewport_size({"width": WIDE, "height": HEIGHTS[WIDE]})

    def title(self, page: Page, name: str) -> None:
        """The title of a page of its own says which page it is."""
        is_ready(page)
        title = re.sub(r"^\(\d+\) ", "", page.title())
        if title in self.titles:
            self._note(name, [f"has the title of {self.titles[title]}: {title}"])
        self.titles[title] = name

    @property
    def said(self) -> str:
        """Everything found, one problem after the other."""
        return f"{len(self.found)} findings\n" + "\n".join(self.found)

    def _axe(self, page: Page, name: str, within: str, rules: dict[str, Any]) -> None:
        for one in page.evaluate(AXE_RUN, [within, rules]):
            self._note(name, [f"{one['id']}: {one['help']}\n      " + "\n      ".join(one["nodes"])])

    def _note(self, name: str, problems: list[str]) -> None:
        self.found += [f"[{self.language}] {name}: {one}" for one in problems]


def submit(page: Page) -> None:
    """Send the main form of the page."""
    page.locator("main form .button--primary").last.click()


def start_topic(page: Page, title: str) -> str:
    """A topic of mine with a file and a reply; answers its address."""
    page.goto(f"{MEMBER_OF}topics/new/")
    page.locator("#id_title").fill(title)
    page.locator("#id_body").fill(BODY)
    page.locator("#topic-files").set_input_files({"name": "mesures.txt", "mimeType": "text/plain", "buffer": b"12 mm"})
    submit(page)
    expect(page.locator("#reply-new")).to_be_attached()
    is_ready(page)
    page.locator("#reply-new").fill("Je complète : **13 mm** au plus.")
    page.locator("#reply-new").press("Control+Enter")
    expect(page.locator("#thread .comment")).to_have_count(1)
    return page.url


def read_pages(reading: Reading, page: Page, pages: dict[str, str]) -> None:
    """Read each address under its name."""
    for name, address in pages.items():
        page.goto(address)
        reading.read(page, name)
        reading.title(page, name)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages(browse: Browse, watch: Watch, portal: Portal, language: str) -> None:
    reading = Reading(language)
    watch.expect(403, r"/topics/new/$")
    watch.expect(404, r"^/nowhere/$")
    watch.expect(422, r"/new/$")

    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    read_pages(
        reading,
        page,
        {
            "home": "/",
            "notifications": "/notifications/",
            "communities": "/communities/",
            "communities, none found": "/communities/?q=zzzz",
            "community": MEMBER_OF,
            "members": f"{MEMBER_OF}members/",
            "community I do not belong to": NOT_MEMBER_OF,
            "restricted community": RESTRICTED,
            "members of a restricted community": f"{RESTRICTED}members/",
            "new community": "/communities/new/",
            "new topic": f"{MEMBER_OF}topics/new/",
            "applications": "/apps/",
            "status of the applications": "/apps/status/",
            "dead links, none": "/apps/dead-links/",
            "link to Notes": "/notes/852571A4005D20F3/6A1D0E5C43B2F77085257D51005A9E34/",
            "links to Notes": "/apps/notes/link/",
            "Notes on this device": "/apps/notes/device/",
            "people": "/people/",
            "people found": "/people/?q=benali",
            "people, nobody found": "/people/?q=zzzz",
            "search": "/search/?q=neige",
            "search, misspelt": "/search/?q=reglemant",
            "search, nothing found": "/search/?q=zzzz",
            "search, before anything is asked": "/search/",
            "settings": "/settings/",
            "sessions": "/settings/sessions/",
            "tokens": "/settings/tokens/",
        },
    )
    for code, address in {403: f"{RESTRICTED}topics/new/", 404: "/nowhere/"}.items():
        page.goto(address)
        expect(page.locator(".error-page__code")).to_have_text(str(code))
        reading.read(page, str(code))
        reading.title(page, str(code))

    page.goto("/people/?q=claire dubois")
    page.locator("#people-list .row__title").first.click()
    expect(page.locator("h1")).to_contain_text("Claire Dubois")
    reading.read(page, "my own page")
    page.goto("/people/?q=benali")
    page.locator("#people-list .row__title").first.click()
    expect(page.locator("h1")).to_contain_text("Karim Benali")
    reading.read(page, "somebody's page")
    reading.title(page, "somebody's page")

    # What is written, and what is refused.
    topic = start_topic(page, f"{LONG} ({language})")
    page.goto(topic)
    reading.read(page, "topic of mine")
    reading.title(page, "topic of mine")
    page.locator("#thread [data-reply-to]").first.click()
    expect(page.locator("[data-reply-note]")).to_be_visible()
    reading.read(page, "topic, answering a reply")
    page.locator("#thread a[href$='/edit/']").click()
    expect(page.locator("#reply-edit")).to_be_visible()
    reading.read(page, "edit a reply")
    reading.title(page, "edit a reply")
    page.goto(f"{topic}edit/")
    reading.read(page, "edit a topic")
    reading.title(page, "edit a topic")
    page.goto(topic)
    page.locator("main details.menu > summary").click()
    reading.read(page, "topic, its menu open", within="main details.menu")
    page.locator(act("/trash/")).click()
    expect(page.locator(act("/restore/")).first).to_be_visible()
    reading.read(page, "trash")
    reading.title(page, "trash")
    page.goto(f"{MEMBER_OF}topics/new/")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "new topic with errors")
    page.goto("/communities/new/")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "new community with errors")
    page.goto("/settings/tokens/")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "tokens with errors")
    page.locator("#id_name").fill("Un programme")
    submit(page)
    expect(page.locator("#token-secret")).to_be_visible()
    reading.read(page, "tokens, a new one shown")

    page.goto(NOT_MEMBER_OF)
    page.locator("#topics .row__title").first.click()
    expect(page.locator("#replies-heading")).to_be_visible()
    reading.read(page, "topic of a community I do not belong to")
    reading.title(page, "topic of a community I do not belong to")

    # The application's own page is reached by search and notifications; its address comes from the API.
    found = page.request.get("/api/v1/applications").json()["items"][0]["url"]
    page.goto(found)
    reading.read(page, "application")
    reading.title(page, "application")

    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_a_host_sees_more(browse: Browse, watch: Watch, language: str) -> None:
    """Welcoming people, refused and done; the settings of a community."""
    reading = Reading(language)
    watch.expect(422, r"/(members/add|settings)/$")
    page = browse(HOST, language=language, theme="auto", touch=False)
    read_pages(reading, page, {"members": f"{MEMBER_OF}members/", "settings": f"{MEMBER_OF}settings/"})
    page.locator("#id_name_fr").fill("")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "settings with errors")
    page.goto(f"{MEMBER_OF}members/")
    page.locator("#id_person").fill("personne.du.tout")
    page.locator("#id_person").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "nobody of that name")
    page.locator("#id_person").fill(MANAGER)
    page.locator("#id_person").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Karim Benali")
    reading.read(page, "someone welcomed")
    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_states_of_the_frame(browse: Browse, watch: Watch, portal: Portal, language: str) -> None:
    """Menus open, search open on a phone, a message in the corner; the empty pages of a first day; signed out."""
    reading = Reading(language)
    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    page.locator("header details.menu > summary").click()
    reading.read(page, "profile menu", within="header")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
    page.locator(".bottom-bar__more > summary").click()
    expect(page.locator(".bottom-bar__sheet")).to_be_visible()
    reading.read(page, "the phone's menu", widths=(PHONE,), within=".bottom-bar")
    page.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
    page.keyboard.press("Escape")
    page.locator("[data-search-open]").click()
    expect(page.locator("[data-search-close]")).to_be_visible()
    reading.read(page, "the phone's search", widths=(PHONE,), within="header")
    # A line that fails speaks in the corner.
    page.goto("/notifications/")
    page.context.set_offline(True)
    page.locator(".row--unread button").first.click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    reading.read(page, "a message in the corner", within="#toasts")
    page.context.set_offline(False)

    page = browse(portal.newcomer(), language=language, theme="auto", touch=False)
    # Nobody's home is empty: everybody belongs to the site of their unit, and to the city's.
    page.goto("/")
    expect(page.locator("main .row").first).to_be_visible()
    reading.read(page, "home of a newcomer")
    page.goto("/notifications/")
    expect(page.locator("main .empty")).to_be_visible()
    reading.read(page, "notifications, empty")
    page.goto(NOT_MEMBER_OF)
    page.locator(act("/join/")).click()
    expect(page.locator("[role=status]").first).to_be_visible()
    reading.read(page, "a message on top of the page")
    page.goto(f"{NOT_MEMBER_OF}trash/")
    reading.read(page, "trash, empty")
    page.goto(NOT_MEMBER_OF)
    page.locator(act("/leave/")).click()
    expect(page).to_have_url(f"{portal.url}/communities/")

    page = browse(ELECTED, language=language, theme="auto", touch=False)
    reading.read(page, "home of an elected official")

    page = browse(locale="en-CA" if language == "en" else "fr-CA", touch=False)
    page.goto("/sign-in/")
    reading.read(page, "sign-in")
    page.locator("main form button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "sign-in, nothing typed")
    page.locator("#id_username").fill(EMPLOYEE)
    page.locator("#id_password").fill("pas-celui-là")
    page.locator("main form button").click()
    expect(page.locator("#id_username")).to_have_value(EMPLOYEE)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "sign-in, wrong password")

    assert not reading.found, reading.said


@pytest.fixture
def three_alerts(browse: Browse) -> Iterator[None]:
    """One of each severity, for everyone; over when the test is."""
    page = browse(COMMUNICATIONS)
    headers = {"X-CSRFToken": str(page.locator("meta[name=csrf-token]").get_attribute("content"))}
    sites = page.request.get("/api/v1/sites").json()["items"]
    [city] = [one["id"] for one in sites if one["is_city"]]
    raised = []
    for severity in ("info", "warning", "critical"):
        ends = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
        data = {**ALERT, "space": city, "severity": severity, "ends": ends}
        answer = page.request.post("/api/v1/alerts", data=data, headers=headers)
        assert answer.status == 201, answer.text()
        raised.append(answer.json()["id"])
    yield
    for uuid in raised:
        page.request.post(f"/api/v1/alerts/{uuid}/end", headers=headers)


def open_row(page: Page, address: str, number: int = 0) -> str:
    """Open a row of the list at this address; answers the address of its page."""
    page.goto(address)
    link = page.locator("main .row__title[href]").nth(number)
    found = str(link.get_attribute("href"))
    page.goto(found)
    return found.partition("#")[0]


def refuse_form(reading: Reading, page: Page, address: str, name: str) -> None:
    """Send the form at this address as it is, and read what is said of it."""
    page.goto(address)
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, name)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_notices_as_read(browse: Browse, language: str) -> None:
    reading = Reading(language)
    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    read_pages(
        reading,
        page,
        {
            "notices": "/notices/",
            "subscriptions": "/notices/subscriptions/",
            "my acknowledgements": "/acknowledgements/",
            "my team's acknowledgements": "/acknowledgements/team/",
        },
    )
    for name, address in {"notices, none found": "?genre=job&site=plateau", "notices, past": "?past=1"}.items():
        page.goto(f"/notices/{address}")
        reading.read(page, name)
    notice = open_row(page, CORRECTED)
    expect(page.locator(".correction")).to_be_visible()
    expect(page.locator(".ack-bar form")).to_be_visible()
    reading.read(page, "notice, corrected and to acknowledge")
    reading.title(page, "notice")
    page.locator("main details.menu > summary").first.click()
    reading.read(page, "notice, its menu open", within="main details.menu")
    read_pages(reading, page, {"corrections": f"{notice}corrections/"})
    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_notices_as_written(browse: Browse, watch: Watch, language: str) -> None:
    """By the owner of a site: what waits for them, the form in all its states, and what surrounds a notice."""
    reading = Reading(language)
    watch.expect(422, r"/(new|edit|translate)/$")
    page = browse(MANAGER, language=language, theme="auto", touch=False)
    read_pages(reading, page, {"new notice": "/notices/new/"})
    page.locator(".notice-form__part > summary").evaluate_all("(all) => all.forEach((one) => one.parentNode.open = 1)")
    reading.read(page, "new notice, every part open")
    refuse_form(reading, page, "/notices/new/", "new notice with errors")
    page.locator("#id_title_fr").fill(f"{LONG} ({language})")
    page.locator("main form .button[name=then][value='']").click()
    expect(page.locator(".steps")).to_be_visible()
    reading.read(page, "draft, just saved")
    reading.title(page, "draft")
    draft = re.sub(r"^https?://[^/]+", "", page.url)
    addresses = {
        "edit": "edit/",
        "translate": "translate/",
        "preview": "preview/?language=fr",
        "history": "history/",
    }
    read_pages(reading, page, {name: f"{draft}{address}" for name, address in addresses.items()})
    for name, address in {"on a phone": "fr&on=phone", "of nothing": "en"}.items():
        page.goto(f"{draft}preview/?language={address}")
        reading.read(page, f"preview {name}")
    page.goto(f"{draft}edit/")
    page.locator("#id_title_fr").fill("")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "edit, with errors")

    for one in ("review", "mine", "scheduled", "published", "ended"):
        page.goto(f"/notices/desk/?list={one}")
        reading.read(page, f"desk, {one}")
    reading.title(page, "desk")
    open_row(page, "/notices/desk/?list=review")
    expect(page.locator("#review-comment")).to_be_visible()
    reading.read(page, "notice to approve")
    reading.title(page, "notice to approve")

    published = open_row(page, CORRECTED)
    page.locator(".steps__more > summary").last.click()
    reading.read(page, "published notice, as its editors see it")
    page.goto(f"{published}history/")
    page.locator("main form .button").click()
    expect(page).to_have_url(re.compile(r"\?to=\d+&from=\d+$"))
    reading.read(page, "two versions compared")
    read_pages(reading, page, {"correct": f"{published}edit/"})
    uuid = published.strip("/").rpartition("/")[2]
    read_pages(reading, page, {"register": f"/acknowledgements/{uuid}/register/"})
    page.goto(f"/acknowledgements/{uuid}/register/?state=overdue")
    reading.read(page, "register, overdue")

    # Whose own reports have something to acknowledge; who writes nowhere.
    page.goto("/acknowledgements/team/")
    reading.read(page, "acknowledgements of my team")
    watch.expect(403, r"/notices/(desk|new)/$")
    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    page.goto("/notices/desk/")
    reading.read(page, "no site to write for")
    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sources_and_webhooks(browse: Browse, watch: Watch, language: str) -> None:
    reading = Reading(language)
    watch.expect(422, r"/new/$")
    page = browse(ADMINISTRATOR, language=language, theme="auto", touch=False)
    read_pages(
        reading,
        page,
        {
            "sources": "/notices/sources/",
            "new source": "/notices/sources/new/",
            "webhooks": "/notices/webhooks/",
            "new webhook": "/notices/webhooks/new/",
        },
    )
    refuse_form(reading, page, "/notices/sources/new/", "new source with errors")
    page.locator("#id_name_fr").fill(f"Système {language}")
    page.locator("#id_name_en").fill(f"System {language}")
    page.locator("#id_kind input[value=push]").check()
    page.locator("#id_space").select_option(index=1)
    submit(page)
    expect(page.locator("#source-secret")).to_be_visible()
    reading.read(page, "source, its secret shown")
    reading.title(page, "source")
    source = re.sub(r"^https?://[^/]+", "", page.url)
    if "/new/" in source:
        source = open_row(page, "/notices/sources/")
    read_pages(reading, page, {"edit a source": f"{source}edit/"})
    page.goto("/notices/sources/")
    reading.read(page, "sources, one")

    refuse_form(reading, page, "/notices/webhooks/new/", "new webhook with errors")
    page.locator("#id_name").fill(f"Écran {language}")
    page.locator("#id_address").fill("https://ecran.ville.example/parvis")
    submit(page)
    expect(page.locator("#webhook-secret")).to_be_visible()
    reading.read(page, "webhook, its secret shown")
    reading.title(page, "webhook")
    webhook = open_row(page, "/notices/webhooks/")
    read_pages(reading, page, {"edit a webhook": f"{webhook}edit/"})
    page.goto(webhook)
    page.locator(act("/switch/")).click()
    reading.read(page, "webhook, switched off")
    page.goto("/notices/webhooks/")
    reading.read(page, "webhooks, one")
    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_alerts(three_alerts: None, browse: Browse, watch: Watch, language: str) -> None:
    reading = Reading(language)
    watch.expect(422, r"/(new|edit)/$")
    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    expect(page.locator("#alerts [data-alert]")).to_have_count(3)
    reading.read(page, "home under three alerts")
    page.locator(".alert__hide").first.click()
    expect(page.locator(".alerts__undo button")).to_be_focused()
    reading.read(page, "an alert put away")
    page.locator(".alerts__undo button").click()
    page.goto("/alerts/")
    reading.read(page, "alerts")

    page = browse(COMMUNICATIONS, language=language, theme="auto", touch=False)
    read_pages(reading, page, {"alerts, of who raises them": "/alerts/", "new alert": "/alerts/new/"})
    refuse_form(reading, page, "/alerts/new/", "new alert with errors")
    alert = open_row(page, "/alerts/")
    reading.read(page, "alert")
    reading.title(page, "alert")
    read_pages(reading, page, {"change an alert": f"{alert}edit/"})
    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sites(browse: Browse, watch: Watch, language: str) -> None:
    """As their readers and as their editors see them."""
    reading = Reading(language)
    watch.expect(404, r"/sites/plateau/nowhere/$")
    watch.expect(422, r"/(problem|settings|new|add)/$")
    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    read_pages(reading, page, {"sites": "/sites/", "site": SITE, "page of a site": f"{SITE}deneigement/"})
    page.goto(f"{SITE}faq/")
    page.locator("main summary").evaluate_all("(all) => all.forEach((one) => one.parentNode.open = 1)")
    reading.read(page, "questions of a site")
    page.goto("/sites/technologies/securite/")
    reading.read(page, "page of a service")
    page.goto("/sites/ressources-humaines/conges/")
    page.goto(str(page.locator("form[action$='/problem/']").get_attribute("action")))
    reading.read(page, "report a problem")
    reading.title(page, "report a problem")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "report a problem, with errors")
    page.locator("main textarea").fill(f"L'adresse n'est plus la bonne. ({language})")
    submit(page)
    expect(page.locator(".messages")).to_be_visible()
    page.goto(f"{SITE}nowhere/")
    reading.read(page, "404 within a site")

    page = browse(COMMUNICATIONS, language=language, theme="auto", touch=False)
    pages = {"problems of a site": "/sites/ressources-humaines/desk/problems/"}
    read_pages(reading, page, {**pages, "proposals to the city": f"{CITY_SITE}desk/proposals/"})
    page = browse(MANAGER, language=language, theme="auto", touch=False)
    page.goto(SITE)
    page.locator("main details.menu > summary").first.click()
    reading.read(page, "site, its menu open", within="main details.menu")
    addresses = {
        "pages of a site": "desk/",
        "problems, none": "desk/problems/",
        "news of a site": "desk/news/",
        "settings of a site": "settings/",
    }
    read_pages(reading, page, {name: f"{SITE}{address}" for name, address in addresses.items()})
    page.locator("#id_name_fr").fill("")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "settings of a site, with errors")
    page.goto(f"{SITE}deneigement/")
    page.locator("main details.menu > summary").first.click()
    settings = str(page.locator("main details.menu a[href$='/settings/'][href*='/pages/']").get_attribute("href"))
    away = settings.replace("/settings/", "/put-away/")
    read_pages(reading, page, {"settings of a page": settings, "put a page away": away})

    page = browse(ADMINISTRATOR, language=language, theme="auto", touch=False)
    read_pages(reading, page, {"new site": "/sites/new/"})
    refuse_form(reading, page, "/sites/new/", "new site with errors")
    assert not reading.found, reading.said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sharing(browse: Browse, watch: Watch, language: str) -> None:
    """The page of sharing in each of its states, and the register of a space."""
    reading = Reading(language)
    watch.expect(422, r"/sharing/$")
    page = browse(HOST, language=language, theme="auto", touch=False)
    page.goto(MEMBER_OF)
    page.locator("main .rows .row__title").first.click()
    page.locator("main a[href$='/sharing/'].button").click()
    expect(page.locator("#share")).to_be_visible()
    address = page.url
    reading.title(page, "sharing")
    reading.read(page, "sharing")
    submit(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    reading.read(page, "sharing, with errors")
    box = page.locator(".picker input[type=text]")
    box.fill("verdun")
    expect(page.get_by_role("option").first).to_be_visible()
    reading.read(page, "sharing, suggestions open")
    page.get_by_role("option").first.click()
    box.fill(MANAGER)
    page.get_by_role("option").first.click()
    page.locator("#id_note").fill(LONG)
    page.locator("#id_last_day").fill("2031-05-01")
    submit(page)
    expect(page.locator("form[action$='/withdraw/']")).to_have_count(2)
    reading.read(page, "shared")
    page.locator("main .row a.button").first.click()
    reading.title(page, "a share changed")
    reading.read(page, "a share changed")
    page.goto(address)
    page.locator("form[action$='/withdraw/'] button").first.click()
    expect(page.locator("form[action$='/restore/'] button")).to_be_focused()
    page.locator(".sharing__over summary").click()
    # From its top: what the header half covers after a scroll is no fault of the page.
    page.evaluate("scrollTo(0, 0)")
    reading.read(page, "a share withdrawn")
    register = f"/content/in/{MEMBER_OF.split('/')[2]}/shares/"
    for name, query in {"register of shares": "", "register of shares, over": "?over"}.items():
        page.goto(f"{register}{query}")
        reading.read(page, name)
    page.goto(register)
    page.locator("form[action$='/withdraw/'] button").first.click()
    expect(page.locator("form[action$='/restore/'] button")).to_be_focused()
    reading.read(page, "register, a share withdrawn")
    assert not reading.found, reading.said
