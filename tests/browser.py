"""Runs tests in a real browser: Chromium through Playwright, with its keyboard, judged by axe.

With SCHERMBEELDEN=<directory> in the environment every page that is judged is photographed as well.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.places import AXE
from tests.processes import wait_until
from um_portal.demo.accounts import WACHTWOORD

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A browser keeps whole pages to go back to; Playwright switches that off by default.
NOT_LIKE_A_PERSONS = ["--disable-back-forward-cache"]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP, PHONE, NARROWEST = 1280, 375, 320
SHOTS = os.environ.get("SCHERMBEELDEN", "")
# The pictures of the documentation, when `make beelden` makes them anew.
PICTURES = os.environ.get("UM_BEELDEN", "")

# What comes about by itself, such as the end of a conversion, takes its time on a busy machine.
expect.set_options(timeout=20_000)

# Done when what the page shows now has been painted; without it a busy machine takes half a picture.
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The element that has the focus: its accessible name, its kind, and whether the focus is visible.
_FOCUS = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const label = element.labels && element.labels.length ? element.labels[0] : element;
  return {
    tag: element.tagName.toLowerCase(),
    id: element.id,
    name: (element.getAttribute('aria-label') || label.textContent).replace(/\\s+/g, ' ').trim(),
    // Not a control: where a link within the page leads to. The parts of a date are marked by the browser.
    marked: element.tabIndex < 0 || element.type === 'date' || style.boxShadow !== 'none'
      || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0),
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
_KEPT = """async () => ({
  local: {...localStorage},
  session: {...sessionStorage},
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
})"""


@contextlib.contextmanager
def a_playwright() -> Iterator[Playwright]:
    """Gives Playwright, one at a time; skips the test, and says so, where there is no browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        yield playwright


@contextlib.contextmanager
def a_chromium(playwright: Playwright) -> Iterator[Browser]:
    """Gives a browser that keeps nothing."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=NOT_LIKE_A_PERSONS
    )
    try:
        yield browser
    finally:
        browser.close()


@contextlib.contextmanager
def a_chromium_with(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """Gives a browser that keeps its files in the directory `profile`."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        ignore_default_args=NOT_LIKE_A_PERSONS,
        locale="nl-NL",
    )
    try:
        yield context
    finally:
        context.close()


def give_session(context: BrowserContext, client: Client, url: str) -> None:
    """Lets a browser go on as who is logged in with this client.

    The cookie is one for HTTPS only, and of this host only; a browser sends such a cookie to localhost as well.
    """
    name = settings.SESSION_COOKIE_NAME
    address = url.replace("http:", "https:", 1)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


class Scherm:
    """A tab of the browser, which remembers the errors in it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        # A page about an error has the status of that error, which the browser writes to its console.
        about_a_page = "/static/" not in message.location.get("url", "")
        if about_a_page and re.search(r"responded with a status of (403|404|409|422|429)", message.text):
            return
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def goto(self, path: str) -> None:
        """Goes to an address of the portal."""
        self.page.goto(f"{self.url}{path}")

    def log_in(self, gebruikersnaam: str) -> None:
        """Logs in with the mouse and by pasting, for tests about something else."""
        self.goto("/account/inloggen")
        self.page.get_by_label("E-mailadres", exact=True).fill(gebruikersnaam)
        self.page.get_by_label("Wachtwoord", exact=True).fill(WACHTWOORD)
        self.page.get_by_role("button", name="Inloggen").click()
        self.page.wait_for_url(f"{self.url}/")

    def take_session(self, client: Client) -> None:
        """Goes on as who is logged in with this client."""
        give_session(self.page.context, client, self.url)

    @property
    def path(self) -> str:
        """Gives the present address, without that of the portal."""
        return self.page.url.removeprefix(self.url)

    @property
    def text(self) -> str:
        """Gives the text that can be read on the page."""
        return self.page.locator("main").inner_text()

    def keeps(self) -> dict[str, Any]:
        """Gives the values that the page put in the browser's stores."""
        found: dict[str, Any] = self.page.evaluate(_KEPT)
        return found

    # --- The keyboard ------------------------------------------------------------------------------

    def focus(self) -> dict[str, Any]:
        """Gives the element that has the focus."""
        found: dict[str, Any] = self.page.evaluate(_FOCUS)
        return found

    def press(self, *keys: str) -> None:
        """Presses keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Replaces the text in a field by typing."""
        self.press("Control+a")
        self.page.keyboard.type(text)

    def tab_to(self, name: str, tag: str = "") -> None:
        """Presses Tab until the element with this name has the focus; fails where no focus can be seen."""
        passed: list[str] = []
        for _ in range(120):
            stop = self.focus()
            if stop["tag"] != "body":
                assert stop["marked"], f"no focus to be seen at {stop}"
                # The browser scrolls to it with a delay.
                wait_until(lambda: self.focus()["inView"], f"on the screen is {stop}", 2, 0.02)
                if stop["name"].startswith(name) and tag in {"", stop["tag"]}:
                    return
            passed.append(stop["name"])
            self.press("Tab")
        pytest.fail(f"the keyboard does not come to {name!r}; it came past {passed}")

    # --- Judging -----------------------------------------------------------------------------------

    def faults(self, name: str) -> list[str]:
        """Lists the faults of the page that axe finds at two widths, and whether it fits the narrowest."""
        found = []
        for width in (DESKTOP, PHONE):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.shot(name, width)
            self.page.evaluate(f"window.axe || (() => {{ {_axe()} }})()")
            outcome = self.page.evaluate(
                "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", AXE_TAGS
            )
            found += [
                f"{name} at {width}: {violation['id']}: {node['target']} {node['failureSummary']}"
                for violation in outcome["violations"]
                for node in violation["nodes"]
            ]
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if too_wide > 0:
            found.append(f"{name} at {NARROWEST}: {too_wide} pixels too wide")
        self.page.set_viewport_size({"width": DESKTOP, "height": 900})
        return found

    def shot(self, name: str, width: int) -> None:
        """Keeps a picture of the page, when asked."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            file = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")
            self.page.screenshot(path=f"{SHOTS}/{file}-{width}.png", full_page=True, caret="initial")

    def picture(self, name: str, heading: str = "", *, of: str = "", height: int = 900) -> None:
        """Keeps a picture for the documentation, when asked.

        It shows the top of the page, or what begins with this heading or with the element that `of` selects.
        """
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.evaluate("window.scrollTo(0, 0)")
            top = 0.0
            if heading or of:
                begin = self.page.locator(of) if of else self.page.get_by_role("heading", name=heading)
                box = begin.first.bounding_box()
                assert box is not None, name
                top = max(0.0, box["y"] - 16)
            self.page.evaluate(_PAINTED)
            self.page.screenshot(
                path=f"{PICTURES}/{name}.png",
                full_page=True,  # so that nothing has to be scrolled, which a busy machine paints in parts
                clip={"x": 0, "y": top, "width": DESKTOP, "height": height},
                # Otherwise Playwright hides the caret with a style of its own, which the page rightly refuses.
                caret="initial",
            )


def _axe() -> str:
    if not AXE.exists():
        pytest.fail("fetch axe first, with `make css`")
    return AXE.read_text()


def what_it_keeps(profile: Path, text: str) -> list[str]:
    """Lists the files of a browser's profile that hold a text."""
    forms = (text.encode(), text.encode("utf-16-le"))
    return [
        str(path.relative_to(profile))
        for path in profile.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]
