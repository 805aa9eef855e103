"""Indicators as the catalogue describes them, in the reader's language."""

from __future__ import annotations

from sim.results.catalog import Metric, factor_text, metric_of, response_of
from sim.wording.metrics_es import ES, OVER_CHANNELS_ES, UNITS_ES


def described(metric: str, language: str) -> Metric:
    """Return an indicator as the catalogue has it, in the language; what has no Spanish stays in English.

    Raises
    ------
    InputError
        If there is no such indicator.
    """
    found = metric_of(metric)
    return found if language == "en" else _in_spanish(found)


def _in_spanish(found: Metric) -> Metric:
    title, definition = _spanish(found.name, found)
    return Metric(
        found.name, title, UNITS_ES.get(found.unit, found.unit), definition,
        OVER_CHANNELS_ES.get(found.over_channels, found.over_channels), found.source, found.higher_is_better,
    )  # fmt: skip


def _spanish(name: str, found: Metric) -> tuple[str, str]:
    if name in ES:
        return ES[name]
    if name.startswith("objective:"):
        aim = name.removeprefix("objective:")
        return f"Objetivo {aim}", "proporción de los mundos en los que se cumple el objetivo"
    told = response_of(name)
    if told is not None:
        base, times = _title_es(told[1]), f"×{factor_text(told[0])}"
        return (
            f"{base} a {times}",
            f"{base.lower()} en los mismos mundos con {times} de lo que compra cada pauta",
        )
    if name.startswith("reach_") and name.endswith("plus"):
        k = name.removeprefix("reach_").removesuffix("plus")
        return f"Cobertura {k}+", f"personas con al menos {k} contactos pagados hasta ese día ÷ personas"
    if name.startswith("r_share_gen"):
        k = name.removeprefix("r_share_gen")
        text = f"quienes publican a {k} pasos del origen de su cascada ÷ quienes publican un paso antes"
        return f"Difusores por difusor, generación {k}", text
    if name.endswith("_lift"):
        base = _title_es(name.removesuffix("_lift"))
        low = base.lower()
        text = (
            f"{low} − {low} en los mismos mundos sin pautas, sin aliados y sin publicaciones propias "
            "(el boca a boca y el punto de partida se mantienen)"
        )
        return f"{base}, efecto", text
    return found.title, found.definition


def _title_es(name: str) -> str:
    return _spanish(name, metric_of(name))[0]
