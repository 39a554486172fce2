"""What the tests of kept boards share: what a browser keeps, and how pages end."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from .boards import OFFLINE, add, choose, has_sent, open_board, show_list, state, stored
from .places import Place
from .portal import AXE, PATIENCE, act, is_connected

# What this browser keeps of boards.
ROWS = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("boards-kept", 1)
  request.onupgradeneeded = () => request.result.createObjectStore("rows", { keyPath: ["person", "board", "tab"] })
  request.onerror = () => reject(request.error)
  request.onsuccess = () => {
    const reading = request.result.transaction("rows").objectStore("rows").getAll()
    reading.onsuccess = () => {
      request.result.close()
      resolve(reading.result.map(({ person, board, tab, title, count }) => ({ person, board, tab, title, count })))
    }
  }
})"""
# How many there are, once they are as many as that or the time is over. `wait_for_function` takes a promise for a yes.
COUNTED = f"""async ([count, patience]) => {{
  const end = performance.now() + patience
  for (;;) {{
    const found = (await ({ROWS})()).length
    if (found === count || performance.now() > end) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }}
}}"""
AGE = """(days) => new Promise((resolve, reject) => {
  const request = indexedDB.open("boards-kept", 1)
  request.onerror = () => reject(request.error)
  request.onsuccess = () => {
    const store = request.result.transaction("rows", "readwrite").objectStore("rows")
    const reading = store.getAll()
    reading.onsuccess = () => {
      for (const row of reading.result) store.put({ ...row, written: row.written - days * 86_400_000 })
    }
    store.transaction.oncomplete = () => { request.result.close(); resolve() }
  }
})"""
KEPT = "vos changements sont gardés sur cet appareil"


def rows(page: Page) -> list[dict[str, Any]]:
    """What the browser of this page keeps."""
    return list(page.evaluate(ROWS))


def keeps(page: Page, count: int) -> None:
    """Wait until its browser keeps so many rows."""
    assert page.evaluate(COUNTED, [count, PATIENCE]) == count


def is_kept(page: Page) -> None:
    """Wait until the bar says that all that is not saved is on the device."""
    has_sent(page)
    expect(state(page)).to_have_text(OFFLINE)
    says(page, KEPT)


def says(page: Page, text: str) -> None:
    """Wait until the bar says that of what is not saved."""
    if not page.locator(".board-state__help").is_visible():
        state(page).click()
    expect(page.locator(".board-state__help")).to_contain_text(text)
    page.keyboard.press("Escape")


def asks(page: Page) -> None:
    """Leaving it asks first; one stays."""
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.evaluate("location.assign('/boards/')")
    assert asked.value.type == "beforeunload"


class Disk:
    """The disk of one page's browser, on which there are so many bytes left until there is room again.

    To be had before that browser keeps anything: after a write it trusts for a while what room there was then.
    """

    def __init__(self, page: Page, left: int) -> None:
        # The session holds the bound: it ends with it.
        self.line = page.context.new_cdp_session(page)
        self.origin = page.evaluate("location.origin")
        used = self.line.send("Storage.getUsageAndQuota", {"origin": f"{self.origin}/"})["usage"]
        self.line.send("Storage.overrideQuotaForOrigin", {"origin": self.origin, "quotaSize": used + left})

    def make_room(self) -> None:
        self.line.send("Storage.overrideQuotaForOrigin", {"origin": self.origin})


def bring(page: Page, folder: Path, *, objects: int, size: int) -> None:
    """Import objects of so many bytes each, as the file of another program holds them: what we do not draw ourselves
    comes along."""
    one = {"type": "rectangle", "x": 0, "y": 0, "width": 40, "height": 40, "customData": {"of": "x" * size}}
    elements = [{**one, "id": f"r{number}"} for number in range(objects)]
    file = folder / "plan.excalidraw"
    file.write_text(json.dumps({"type": "excalidraw", "version": 2, "elements": elements, "appState": {}, "files": {}}))
    with page.expect_file_chooser() as chooser:
        choose(page, "Plus", "Importer un fichier…")
    chooser.value.set_files(file)


def crash(page: Page) -> None:
    """The page ends in the middle of what it does, and nothing of it runs any more."""
    with pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()


def leave(page: Page) -> None:
    """Go to another page of the portal, which cannot be reached either. Nobody is asked: everything is kept."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/boards/")
    assert asked == []
    page.close()


class Cut:
    """The network of one page alone, gone until it is restored."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Each session has conditions of its own: the same one must restore what it took.
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self._set(True)

    def restore(self) -> None:
        self._set(False)

    def _set(self, is_cut: bool) -> None:
        conditions = {"offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.line.send("Network.emulateNetworkConditions", conditions)


def drawn_offline(place: Place, username: str, address: str, text: str) -> Cut:
    """Somebody's page of a board, without network, on which something was added that is kept."""
    page = place.browse(username)
    open_board(page, address)
    show_list(page)
    is_connected(page)
    network = Cut(page)
    expect(state(page)).to_have_text(OFFLINE)
    add(page, text)
    is_kept(page)
    assert len(rows(page)) == 1
    return network


def written(page: Page, address: str) -> set[str]:
    """The texts that the server has."""
    return {one["originalText"] for one in stored(page, address) if one["type"] == "text"}


def sign_out(page: Page, address: str = "/sign-out/") -> None:
    page.locator(act(address)).first.evaluate("one => one.click()")


def switch(page: Page, address: str, *, is_on: bool) -> None:
    """Close a board to drawing, or open it again."""
    post(page, f"{address}view-only/", {"view_only": "on" if is_on else "off"})


def post(page: Page, address: str, form: dict[str, str]) -> None:
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = page.request.post(address, form=form, headers={"X-CSRFToken": token})
    assert answer.ok, answer.status


def is_accessible(page: Page, within: str) -> None:
    """axe-core finds nothing wrong in this part of the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    run = "async (within) => (await axe.run(within)).violations.map(({ id, nodes }) => [id, nodes[0].html])"
    assert page.evaluate(run, within) == []
