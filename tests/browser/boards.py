"""What the tests of boards share: making one, drawing on it, reading what is on it, through the doors people use."""

import json
import re
import time
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

SPACE = "beton-et-chaussees"
SAVED, SAVING, OFFLINE, READ_ONLY = "Enregistré", "Enregistrement…", "Hors ligne", "Lecture seule"
# Where there is nothing on an empty canvas but the canvas, in a window of 1440 by 900.
NOWHERE = (1250, 820)
BOARD = re.compile(r"/boards/[0-9a-f-]{36}/$")
# Seconds for which pages may take to agree.
AGREE_SECONDS = 60
# What the content policy refuses is said on the console too; here it is said by name.
POLICY = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error(`content policy: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`))"""


def mind_the_policy(context: BrowserContext) -> None:
    """Every page of it complains of what the content policy refuses."""
    context.add_init_script(POLICY)


def new_board(page: Page, title: str, *, template: str = "blank", space: str = SPACE) -> str:
    """Make a board and open it; answers its address."""
    mind_the_policy(page.context)
    page.goto(f"/boards/new/?template={template}&space={space}")
    page.locator("input[name=title]").fill(title)
    page.locator("main form button.button--primary").first.click()
    expect(page).to_have_url(BOARD)
    is_open(page)
    return page.url


def open_board(page: Page, address: str) -> None:
    """Come to a board that is there."""
    mind_the_policy(page.context)
    page.goto(address)
    is_open(page)


def is_open(page: Page) -> None:
    """Wait until the canvas shows what the server has."""
    expect(page.locator(".board__canvas[aria-busy=false]")).to_be_attached()


def state(page: Page) -> Locator:
    """What the bar says of what one does: saved, or not yet."""
    return page.locator(".board-state__text")


def has_sent(page: Page) -> None:
    """Wait until what was done last on the page has been given to its document, which it is within forty milliseconds:
    until then the bar says nothing of it. Timers of a page go off in their order, however busy it is."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 80))")


def is_saved(page: Page) -> None:
    """Wait until the server has everything."""
    has_sent(page)
    expect(state(page)).to_have_text(SAVED)


def draw(page: Page, tool: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    """With the mouse, from one point of the window to another. `tool`: rectangle, ellipse, freedraw…"""
    page.locator(f"label:has([data-testid=toolbar-{tool}])").click()
    drag(page, start, end)


def drag(page: Page, start: tuple[int, int], end: tuple[int, int], steps: int = 8) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=steps)
    page.mouse.up()


def choose(page: Page, menu: str, item: str) -> None:
    """An item of one of the menus of our bar."""
    page.locator(".board-bar").get_by_role("button", name=menu, exact=True).click()
    page.get_by_role("menu", name=menu).get_by_text(item, exact=True).click()


def taken(page: Page) -> list[dict[str, Any]]:
    """What is on this page's canvas: its elements, as its own menu gives them in a file, in a settled order."""
    with page.expect_download() as download:
        choose(page, "Plus", "Fichier .excalidraw")
    found = json.loads(download.value.path().read_text(encoding="utf-8"))["elements"]
    return sorted((one for one in found if not one["isDeleted"]), key=lambda one: str(one["id"]))


def stored(page: Page, address: str) -> list[dict[str, Any]]:
    """What the server has, as it gives it to be taken away."""
    answer = page.request.get(f"{address}board.excalidraw")
    assert answer.ok, answer.status
    return sorted((one for one in answer.json()["elements"] if not one["isDeleted"]), key=lambda one: str(one["id"]))


def seen(elements: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Of elements, what people see: the same on two pages that agree."""
    names = ("id", "type", "width", "height", "strokeColor", "backgroundColor", "originalText", "fileId", "locked")
    places = [(round(one["x"], 2), round(one["y"], 2)) for one in elements]
    return [(*(one.get(name) for name in names), *place) for one, place in zip(elements, places, strict=True)]


def show_list(page: Page) -> Locator:
    """Open the list of objects; answers its rows."""
    button = page.get_by_role("button", name="Afficher la liste des objets")
    heading = page.get_by_role("heading", name="Objets du tableau")
    expect(button.or_(heading).first).to_be_visible()
    if button.is_visible():
        button.click()
    expect(heading).to_be_visible()
    return rows(page)


def rows(page: Page) -> Locator:
    """The objects of the list, in reading order."""
    return page.locator("[data-object]")


def texts(page: Page) -> Locator:
    """What is written on them, in reading order."""
    return page.locator("[data-object] .object__text")


def agree(*pages: Page) -> list[tuple[Any, ...]]:
    """Wait until these pages show the same; answers what."""
    end = time.monotonic() + AGREE_SECONDS
    while True:
        shown = [seen(taken(page)) for page in pages]
        if all(each == shown[0] for each in shown):
            return shown[0]
        assert time.monotonic() < end, f"the pages do not agree: {shown}"


def agree_with_server(address: str, *pages: Page) -> list[tuple[Any, ...]]:
    """Wait until these pages show the same, and the server has it; answers what."""
    shown = agree(*pages)
    # Of what two did to one thing at once, the page whose it is that stays sends it once more.
    for page in pages:
        is_saved(page)
    assert seen(stored(pages[0], address)) == shown
    return shown


def add(page: Page, text: str, kind: str = "Papillon", frame: str | None = None) -> None:
    """Add a thing by the list, and wait until it is in it."""
    form = page.get_by_role("form", name="Ajouter")
    form.get_by_label("Objet", exact=True).select_option(label=kind)
    form.get_by_role("textbox").fill(text)
    if frame is not None:
        form.get_by_label("Dans", exact=True).select_option(label=frame)
    form.get_by_role("button", name="Ajouter", exact=True).click()
    expect(texts(page).get_by_text(text, exact=True)).to_be_visible()


def heard(page: Page) -> Locator:
    """What screen readers were told, the last sentences."""
    return page.locator(".board > [role=status]")
