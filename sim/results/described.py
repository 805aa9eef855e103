"""Indicators as the catalogue describes them, in the reader's language."""

from __future__ import annotations

from sim.results.catalog import (
    RULE_FIRED,
    RULE_FIRST_DAY,
    RULE_TIMES,
    Metric,
    factor_text,
    metric_of,
    response_of,
    rule_of,
)  # fmt: skip
from sim.wording.language import spoken
from sim.wording.metrics_es import ES, OVER_CHANNELS_ES, UNITS_ES


def described(metric: str, language: str | None = None) -> Metric:
    """Return an indicator as the catalogue has it, in the language given, or else in the one spoken.

    Raises
    ------
    InputError
        If there is no such indicator.
    """
    found = metric_of(metric)
    return found if (language or spoken()) == "en" else _in_spanish(found)


def small(title: str) -> str:
    """Return a title within a sentence: abbreviations such as CPM keep their capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


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
        base, times = _title_es(told[1]), "×" + factor_text(told[0]).replace(".", ",")
        return (
            f"{base} a {times}",
            f"{base.lower()} en los mismos mundos con {times} de lo que compra cada pauta",
        )
    if name.startswith("reach_") and name.endswith("plus"):
        k = name.removeprefix("reach_").removesuffix("plus")
        return f"Cobertura {k}+", f"personas con al menos {k} contactos pagados hasta ese día ÷ personas"
    rule = rule_of(name)
    if rule is not None:
        return _rule_es(*rule)
    if name.startswith("r_share_gen"):
        generation = int(name.removeprefix("r_share_gen"))
        before = (
            "orígenes" if generation == 1 else f"quienes publican a {_steps_es(generation - 1)} del origen"
        )
        text = (
            f"quienes publican a {_steps_es(generation)} del origen de su cascada ÷ {before}; no se da donde nadie "
            "llegó tan lejos"
        )
        return f"Difusores por difusor, generación {generation}", text
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


def _steps_es(n: int) -> str:
    return "1 paso" if n == 1 else f"{n} pasos"


def _rule_es(prefix: str, rule: str) -> tuple[str, str]:
    title, text = {
        RULE_FIRED: ("se activó", "proporción de los mundos en los que la regla se activó"),
        RULE_TIMES: ("veces", "cuántas veces se activó la regla"),
        RULE_FIRST_DAY: (
            "primer día", "día en cuyo final la regla se activó por primera vez, en los mundos en que lo hizo",
        ),
    }[prefix]  # fmt: skip
    return f"Regla {rule}, {title}", text
