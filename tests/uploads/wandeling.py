"""Leads a file from choosing it to published as a clerk does: by the screens alone. Counts clicks and decisions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Locator, Page

_PREVIEW: Final = re.compile("/koppelen/voorbeeld/$")


@dataclass
class Wandeling:
    """The road of one file. `work` lets the worker do what waits; `look` is called at every page with its name."""

    page: Page
    work: Callable[[], None] = lambda: None
    look: Callable[[str], None] = lambda name: None
    clicks: int = 0
    decisions: list[str] = field(default_factory=list)

    def deliver(self, name: str, inhoud: bytes) -> None:
        """Chooses the file and uploads it."""
        self.page.set_input_files(
            "input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": inhoud}
        )
        self.clicks += 1
        self.click("button", "Uploaden")
        self.wait()

    def click(self, role: Any, name: str) -> None:
        """Presses a button or follows a link; what it leads to is the road, no decision."""
        self.press(self.page.locator("main").get_by_role(role, name=name, exact=True).first)

    def press(self, target: Locator) -> None:
        """Presses something."""
        target.click()
        self.clicks += 1

    def decide(self, what: str, role: Any, name: str) -> None:
        """Presses the button that is somebody's answer."""
        self.decisions.append(what)
        self.click(role, name)

    def column(self, header: str, target: str) -> None:
        """Says what a column holds: types the beginning of its name and takes the first that is found."""
        self.decisions.append(f"{header}: {target}")
        row = self.page.locator("li.um-koppel").filter(
            has=self.page.locator("legend", has_text=re.compile(rf"\s{re.escape(header)}\s*$"))
        )
        self.press(row.get_by_role("combobox").first)
        with self.page.expect_response(_PREVIEW):
            self.page.keyboard.type(target)
            self.page.keyboard.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Chooses something of a list."""
        self.decisions.append(f"{label}: {option}")
        self.page.get_by_label(label, exact=True).select_option(label=option)
        self.clicks += 1

    def tick(self, label: str) -> None:
        """Ticks what the label says."""
        self.decisions.append(label)
        self.press(self.page.locator("main label").filter(has_text=label).first)

    def declare(self, label: str) -> None:
        """Ticks something on the page of columns, and waits for what it changes there."""
        with self.page.expect_response(_PREVIEW):
            self.tick(label)

    def wait(self) -> None:
        """Waits until the portal has done its work."""
        self.page.wait_for_url(re.compile(r"/leveringen/[0-9]+/$"))
        self.work()
        self.page.wait_for_selector("#voortgang", state="detached", timeout=60_000)


# What a clerk says of each export where the portal cannot know it.
KOLOMMEN: Final[Mapping[str, Mapping[str, str]]] = {
    "trajecten november.txt": {
        "Trajectnr": "ID Werkzoekende",
        "Startdatum": "datum aanvang beschikbaar",
    },
}
WOORDEN: Final[Mapping[str, str]] = {"Chauffeur": "Bestelwagenchauffeur", "Verzorgende": "Verzorgende IG"}


def lead(wandeling: Wandeling, name: str, inhoud: bytes) -> None:
    """Leads one of the exports to published; starts at the page for a new file."""
    page, main = wandeling.page, wandeling.page.locator("main")
    wandeling.look("kiezen")
    wandeling.deliver(name, inhoud)
    wandeling.look("levering")
    wandeling.click("link", "Kolommen kiezen")
    page.wait_for_selector("#koppelen")
    wandeling.look("kolommen")
    if main.get_by_text("Niet alle bladen worden gelezen").count():
        wandeling.choose("Blad", "November (31 gevulde rijen)")
        wandeling.click("button", "Anders kiezen")
        page.wait_for_url(re.compile("blad=1"))
    for header, target in KOLOMMEN.get(name, {}).items():
        wandeling.column(header, target)
    if main.get_by_text("Geef aan in welke kolom de toestemming staat").count():
        wandeling.declare("Ik verklaar namens de gemeente")
    wandeling.look("kolommen gekozen")
    wandeling.click("button", "Bewaren en omzetten")
    wandeling.wait()
    if main.get_by_role("button", name="Verborgen rijen overslaan").count():
        wandeling.look("verborgen rijen")
        wandeling.decide("verborgen rijen overslaan", "button", "Verborgen rijen overslaan")
        wandeling.wait()
    wandeling.look("omgezet")
    if main.get_by_role("link", name="Woorden koppelen").count():
        wandeling.click("link", "Woorden koppelen")
        page.wait_for_selector("text=te koppelen; samen")
        wandeling.look("woorden")
        for word, meaning in WOORDEN.items():
            wandeling.choose(word, meaning)
        wandeling.click("button", "2 koppelingen opslaan")
        wandeling.wait()
        wandeling.look("opnieuw omgezet")
    wandeling.click("link", "Publiceren")
    page.wait_for_url(re.compile("/publiceer/$"))
    wandeling.look("publiceren")
    if main.get_by_role("radio").count():
        wandeling.tick("Vult aan en werkt bij")
    wandeling.click("button", "Publiceren")
    wandeling.wait()
    page.wait_for_selector("text=Bekijk wat er nu gepubliceerd is")
    wandeling.look("gepubliceerd")
