"""A real browser at the real server. Without a Chromium: skipped with the remedy; in CI an error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import Empty
from playwright.sync_api import Browser, sync_playwright
from running import running
from stories import Desk
from visits import House
from windows import Served

from config.rulebook import Rulebook


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        said = "no Chromium: apt-get install chromium fonts-noto-cjk"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield made
        made.close()


@pytest.fixture
def served(
    empty_database: Empty, tmp_path: Path, book: Rulebook, browser: Browser
) -> Iterator[Served]:
    """An empty house with a server; the test fills it."""
    with (
        empty_database(tmp_path) as database,
        serving(House(Desk(database, book), tmp_path), browser) as made,
    ):
        yield made


@contextmanager
def serving(house: House, browser: Browser) -> Iterator[Served]:
    """A server in front of a house while the block runs."""
    with running(house.app) as port:
        made = Served(house, f"http://127.0.0.1:{port}", browser)
        yield made
        made.close_windows()
