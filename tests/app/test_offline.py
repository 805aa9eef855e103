"""The page without a network, once its files are there; and with one, without any step before."""

from __future__ import annotations

import functools
import http.server
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim.app.server.assets import PACKAGES
from tests.app.browser import Tab, chromium, needed, served
from tests.app.full_plan import FULL

pytestmark = pytest.mark.e2e
NOWHERE = "http://127.0.0.1:9/"  # nobody listens there: what the server asks of a network is not to be had
# What a font or a chart that is not there leaves: a canvas nobody made, a face that did not load.
LOADED = """async () => {
  await document.fonts.ready;
  const icon = document.querySelector(".mdi");
  const faces = [...document.fonts].filter((face) => /Material Design Icons/i.test(face.family));
  return {failed: [...document.fonts].filter((face) => face.status === "error").map((face) => face.family),
          icons: icon === null || faces.some((face) => face.status === "loaded")};
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files, and note which were asked for."""

    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def network(files):
    """Yield the address of a stand-in for the network's store of packages, and what is asked of it."""
    asked: list[str] = []
    handler = functools.partial(type("Store", (Quiet,), {"asked": asked}), directory=str(files))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()


def walk(tab) -> None:
    """Go through every view, with charts, tables, a drawn network, a definition and the text."""

    def seen(*words, charts=0):
        tab.sees(*words)
        tab.page.wait_for_function(
            "n => document.querySelectorAll('.pg-chart canvas, .pg-chart svg').length >= n", arg=charts
        )
        found = tab.page.evaluate(LOADED)
        assert found == {"failed": [], "icons": True}

    seen("Ready plans")
    tab.open("Everything at once")
    seen("Calendar", "Sound", "10 worlds; run the plan", charts=3)
    tab.press("As text")
    tab.press("As forms")
    tab.to("Public")
    seen("Segments on day 1", "Ties returned", charts=1)
    tab.to("Run")
    tab.press("Run")
    seen("3 worlds of 12 days; values at the last day.", charts=3)
    tab.page.locator(".pg-tiles button").first.click()
    tab.page.locator(".pg-drawer").wait_for()
    tab.press("Spreading and why")
    seen("Who adopted in this world")
    tab.page.locator(".pg-spread circle").first.wait_for()
    tab.to("Plan")
    tab.press("Duplicate")
    seen("Everything at once (variant)")
    tab.to("Compare")
    tab.press("Compare")
    seen("3 pairs of worlds", charts=2)
    tab.to("Sweep")
    tab.pick("Vary this too", "first.budget")
    tab.press("Start")
    seen("All 3 plans are finished.", charts=2)
    tab.to("Influencers")
    tab.press("Choose")
    seen("No other choice under these limits", charts=1)


def test_every_view_without_a_network(tmp_path) -> None:
    """Browser and server both have this machine alone; nobody even asks for another host."""
    files, folder = needed(), tmp_path / "plans"
    folder.mkdir()
    (folder / "full.yaml").write_text(FULL, "utf-8")
    elsewhere = []

    def block(route):
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    more = {"SOLARA_ASSETS_CDN": NOWHERE}
    with served(folder, files, more=more) as address, chromium() as browser:
        context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
        context.route(lambda url: not url.startswith(("data:", "blob:")), block)
        walk(Tab(context.new_page(), address))
        context.close()
    assert elsewhere == []
    assert "Could not load URL" not in (folder / "page.log").read_text("utf-8")


def test_with_a_network_no_step_comes_before(tmp_path) -> None:
    """Without any file of the page here, the server gets each from the network when it is asked for, and keeps it."""
    files, folder, empty = needed(), tmp_path / "plans", tmp_path / "files"
    folder.mkdir()
    (folder / "full.yaml").write_text(FULL, "utf-8")
    with (
        network(files) as (store, asked),
        served(folder, empty, more={"SOLARA_ASSETS_CDN": store}) as address,
        chromium() as browser,
    ):
        for n in range(2):
            context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
            tab = Tab(context.new_page(), address)
            tab.open("Everything at once")
            tab.sees("Calendar", "Sound", "10 worlds; run the plan")
            tab.page.wait_for_function("() => document.querySelectorAll('.pg-bare canvas').length === 3")
            assert tab.page.evaluate(LOADED) == {"failed": [], "icons": True}
            context.close()
            if n == 0:
                first = list(asked)
    assert {package for package in PACKAGES if any(package in path for path in first)} == set(PACKAGES)
    assert asked == first
    assert len(asked) == len(set(asked))
