"""The page of a module's plans, served as the command does, and tabs of a real Chromium to look at it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.app.browser import Tab, chromium, needed, served

LAPTOP = {"width": 1440, "height": 900}


class Page(NamedTuple):
    """Where the page is, the folder of plans that it offers, and a browser."""

    address: str
    folder: Path
    browser: object


@pytest.fixture(scope="module")
def page(request, tmp_path_factory):
    """Return the page of the module's `PLANS` (file name: text)."""
    files = needed()
    folder = tmp_path_factory.mktemp("plans")
    for name, text in request.module.PLANS.items():
        (folder / name).write_text(text, "utf-8")
    with served(folder, files) as address, chromium() as browser:
        yield Page(address, folder, browser)


@pytest.fixture
def new_tab(page):
    """Return how to open a tab of a browser session of its own: `script` is run in it before the page's own."""
    contexts = []

    def opened(script="", **more):
        settings = {"locale": "en-US", "accept_downloads": True, "viewport": LAPTOP}
        contexts.append(page.browser.new_context(**settings | more))
        if script:
            contexts[-1].add_init_script(script)
        return Tab(contexts[-1].new_page(), page.address)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def tab(new_tab):
    """Return a tab in English."""
    return new_tab()
