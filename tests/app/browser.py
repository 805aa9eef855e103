"""The page served by the command, and a real Chromium to look at it; what goes wrong on the way is kept."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SECONDS = 120  # kernels are compiled on the way where no cache has them
TRACES = re.compile(
    r"Traceback \(most recent call last\)|\bTypeError\b|\bKeyError\b|Error:|undefined|NaN|\[object"
)

# Where an ECharts drawing shows the datum that carries a design point, in pixels of its element.
_WHERE = """(el, point) => new Promise((resolve, reject) => {
  const name = Object.keys(window.requirejs.s.contexts._.defined).find((key) => key.includes("echarts"));
  const chart = window.requirejs(name).getInstanceByDom(el);
  chart.getOption().series.forEach((series, seriesIndex) => {
    for (const item of series.data || [])
      if (item && item.point === point) resolve(chart.convertToPixel({seriesIndex}, item.value));
  });
  reject(new Error(`no point ${point}`));
})"""


def needed() -> Path:
    """Return the folder of the page's files; skip where it, or Chromium, is not there (in CI: fail)."""
    os.environ.pop("PREGON_CACHE", None)
    try:
        from sim.app.server.assets import assets_folder, missing

        folder = assets_folder()
    finally:
        os.environ["PREGON_CACHE"] = "off"
    lacking = []
    if shutil.which("chromium") is None:
        lacking.append("chromium is not installed: apt-get install chromium")
    if folder is None or missing(folder):
        lacking.append("the page's files are not there: make page-assets")
    if lacking and os.environ.get("CI") == "true":
        pytest.fail("; ".join(lacking))
    if lacking:
        pytest.skip("; ".join(lacking))
    return folder


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(
    folder: Path, files: Path, port: int = 0, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Serve the page of a folder as `pregon app` does, in surroundings with `more`; yield its address."""
    port = port or free_port()
    surroundings = os.environ | {"PREGON_PAGE_FILES": str(files), "PYTHONPATH": str(ROOT)} | more
    log = folder / "page.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "sim", "app", str(folder), "--port", str(port)],
            env=surroundings, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
    assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")[-3000:]


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the page does not answer: {log.read_text('utf-8')}")


def _foreign(language: str) -> list[str]:
    """Return wordings of the other language that no wording of this one holds, long enough to be no accident."""
    from sim.app.words.wording_table import TABLE

    own, other = (0, 1) if language == "en" else (1, 0)
    here = "\n".join(pair[own] for pair in TABLE.values())
    return [
        pair[other] for pair in TABLE.values()
        if len(pair[other]) >= 8 and "{" not in pair[other] and pair[other] not in here
    ]  # fmt: skip


class Tab:
    """One tab of a browser; `faults` holds refused responses and errors of the page."""

    def __init__(self, page, address):
        self.page, self.address, self.faults = page, address, []
        page.set_default_timeout(SECONDS * 1000)
        page.on("response", self._answered)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.goto(address)

    def _answered(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")

    def text(self) -> str:
        return self.page.inner_text("body")

    def sees(self, *words: str) -> None:
        """Wait for every word, then demand a page without a trace of an error."""
        for word in words:
            self.page.get_by_text(word, exact=False).first.wait_for()
        assert not self.faults, self.faults
        found = TRACES.search(self.text())
        assert found is None, self.text()[max(0, found.start() - 200) :][:600]

    def speaks(self, language: str) -> None:
        """Demand that no wording of the other language stands on the page."""
        text = self.text()
        found = [phrase for phrase in _foreign(language) if phrase in text]
        assert not found, found

    def upload(self, name: str, data: bytes) -> None:
        """Give the page a file."""
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.locator("input[type=file]").set_input_files(file)

    def to(self, view: str) -> None:
        self.page.locator(".pg-nav").get_by_text(view, exact=True).click()
        self.page.locator(".pg-nav span.on").get_by_text(view, exact=True).wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def choose(self, name: str) -> None:
        """Open the form of a flight from the calendar, and wait for it."""
        self.page.locator(".pg-gantt .row", has_text=name).click()
        self.page.wait_for_function(
            "name => [...document.querySelectorAll('.edge input')].some(field => field.value === name)",
            arg=name,
        )

    def fill(self, label: str, text: str) -> None:
        field = self.page.get_by_role("textbox", name=label, exact=True)
        field.fill(text)
        field.press("Enter")

    def pick(self, label: str, item: str) -> None:
        """Open a list of choices by its label, and choose one."""
        field = self.page.locator(".v-select", has=self.page.get_by_text(label, exact=True)).first
        field.locator(".v-input__slot").first.click()
        if "v-autocomplete" in (field.get_attribute("class") or ""):
            field.locator("input").first.fill(item)
        self.page.locator(".menuable__content__active").get_by_text(item, exact=True).first.click()

    def switch(self, label: str) -> None:
        self.page.locator(".v-input--switch", has_text=label).locator(
            ".v-input--selection-controls__input"
        ).click()

    def open(self, plan: str, button: str = "Open") -> None:
        """Open a ready plan by its name."""
        card = self.page.locator(".pg-cards .pg-card", has_text=plan).first
        card.get_by_role("button", name=button).click()

    def click_point(self, chart: str, point: str) -> None:
        """Click where a chart shows a design point."""
        place = self.page.locator(f"[aria-label^='{chart}']").first
        place.scroll_into_view_if_needed()
        place.locator("canvas").first.wait_for()
        box = place.bounding_box()
        x, y = place.evaluate(_WHERE, point)
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def worlds(self, n: int) -> None:
        field = self.page.locator("input[type=number]")
        field.fill(str(n))
        field.press("Tab")

    def saved(self, name: str) -> bytes:
        """Press a button that saves a file, once; return the file."""
        with self.page.expect_download() as download:
            self.press(name)
        return Path(download.value.path()).read_bytes()


@contextmanager
def chromium() -> Iterator[object]:
    """Yield the system's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
