"""Mesa's page steps the public: in Python, without a browser, where an installed Vuetify 2 allows it."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from sim import AudienceModel
from tests.mesa_publics import SMALL, small

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[viz]'")
if not metadata.version("ipyvuetify").startswith("1."):
    pytest.skip("SolaraViz works with Vuetify 2 only: ipyvuetify 1.12.0", allow_module_level=True)
pytestmark = [
    # Mesa and solara speak up about their own code; what concerns this project is still an error.
    pytest.mark.filterwarnings("default:::solara"),
    pytest.mark.filterwarnings("default:::mesa.visualization"),
    pytest.mark.filterwarnings("default:::reacton"),
    pytest.mark.filterwarnings("default:.*:DeprecationWarning"),
    pytest.mark.filterwarnings("default:.*rules of hooks|.*early return:UserWarning"),
]


ROOT = Path(__file__).resolve().parents[2]


def show(make):
    """Return what was rendered of a page with its bars and sides around it."""
    import solara

    @solara.component
    def Page():
        with solara.AppLayout(navigation=False):
            make()

    return solara.render(Page(), handle_error=False)[1]


def pressing(rendered):
    """Return a function that finds a button by its label."""
    import ipyvuetify

    def button(label):
        return next(
            b for b in rendered.find(ipyvuetify.Btn).widgets if b.children and b.children[-1] == label
        )

    return button


def said(widget):
    """Yield every text under a widget."""
    for part in (*getattr(widget, "children", ()), *getattr(widget, "items", ())):
        if isinstance(part, str):
            yield part
        elif hasattr(part, "keys"):
            yield from said(part)


@pytest.fixture
def page():
    """Return the model on the page, and ways to find buttons, sliders and what is told."""
    import ipyvuetify
    import solara
    from mesa.visualization import SolaraViz

    parameters = {
        "scenario": SMALL,
        "replication": {"type": "SliderInt", "value": 0, "label": "world", "min": 0, "max": 9, "step": 1},
        "plan.flights.spot.grp": {
            "type": "SliderInt", "value": 300, "label": "GRP", "min": 0, "max": 900, "step": 50,
        },
    }  # fmt: skip
    model = solara.reactive(small())

    def told(model):
        return solara.Text(f"reached: {model.indicators()['reach', 'all', 'all']:.4f}")

    rendered = show(lambda: SolaraViz(model, components=[told], model_params=parameters, name="Two towns"))

    def slider(label):
        return next(s for s in rendered.find(ipyvuetify.Slider).widgets if s.label == label)

    def texts():
        return list(said(rendered.container))

    yield model, pressing(rendered), slider, texts
    rendered.close()


def test_the_page_steps_and_tells(page) -> None:
    model, button, _, texts = page
    for _ in range(3):
        button("Step").click()
    by_hand = small(days_done=3)
    assert model.value.world.day == model.value.steps == 3
    assert model.value.indicators() == pytest.approx(by_hand.indicators(), abs=0, rel=0, nan_ok=True)
    assert f"reached: {by_hand.indicators()['reach', 'all', 'all']:.4f}" in texts()
    assert {"Step: 3", "Time: 3.0"} & set(texts())  # as mesa 3.3 and 3.5 put it


def test_the_page_makes_the_model_anew_with_another_plan(page) -> None:
    model, button, slider, _ = page
    button("Step").click()
    slider("GRP").v_model = 600
    slider("world").v_model = 4
    button("Reset").click()
    assert isinstance(model.value, AudienceModel)
    assert (model.value.world.day, model.value.replication) == (0, 4)
    assert model.value.lived.plan.flights["spot"].grp == 600
    button("Step").click()
    assert model.value.indicators() == pytest.approx(
        small(4, 1, **{"plan.flights.spot.grp": 600}).indicators(), abs=0, rel=0, nan_ok=True
    )


def test_the_page_stops_with_the_days(page) -> None:
    model, button, _, _ = page
    for _ in range(SMALL["days"]):
        button("Step").click()
    assert not model.value.running
    assert button("Step").disabled


def test_the_page_of_the_docs_shows(monkeypatch) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'pregon[viz]'")
    monkeypatch.chdir(ROOT)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / "mesa.md").read_text("utf-8"), re.M | re.S
    )
    (block,) = (block for block in blocks if "SolaraViz" in block)
    names: dict[str, object] = {"AudienceModel": AudienceModel}
    import ipyvuetify

    rendered = show(lambda: exec(block, names))
    assert pressing(rendered)("Step").disabled is False
    assert {"world", "TV teaser, USD"} < {s.label for s in rendered.find(ipyvuetify.Slider).widgets}
    rendered.close()
