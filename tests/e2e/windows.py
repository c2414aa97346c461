"""Browser windows for the tests: signed in, with an ear for the console and an eye for barriers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from visits import House

from web.visiting import SESSION
from workflow.accounts import sessions
from workflow.people import person_id

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
LOOKS = [("zh", 360), ("en", 1280)]  # languages and widths at which every page is seen
OTHER_LOOKS = [("en", 360), ("zh", 1280)]  # and those at which single rooms are, in their states
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Served:
    """A house with a server in front of it."""

    house: House
    where: str
    browser: Browser
    open_contexts: list[BrowserContext] = field(default_factory=list)

    def window(
        self, login: str = "", *, width: int = 1280, height: int = 900, language: str = "zh"
    ) -> Window:
        """A browser window, signed in as this person."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", base_url=self.where
        )
        self.open_contexts.append(context)
        cookies = [{"name": "yanxiu_language", "value": language, "url": self.where}]
        if login:
            house = self.house
            with house.desk.db.write() as connection:
                person = person_id(connection, login)
                assert person is not None, login
                secret = sessions.begin(connection, person, agent="tests", at=house.at)
            cookies.append({"name": SESSION, "value": secret, "url": self.where})
        context.add_cookies(cookies)  # type: ignore[arg-type]
        return Window(context.new_page())

    def close_windows(self) -> None:
        while self.open_contexts:
            self.open_contexts.pop().close()


class Window:
    """A page that keeps what the console says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.console: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.console.append(str(error)))

    def _heard(self, message: Any) -> None:
        # The browser itself notes every 4xx; what the page's own code says is what counts.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.console.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def barriers(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA and good practice: rule and place."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
            ".then(found => found.violations)",  # what passes is thousands of nodes
            RULES,
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found
            for node in violation["nodes"]
        ]
