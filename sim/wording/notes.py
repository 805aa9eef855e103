"""Notes on what was counted while data were read and networks drawn, in Spanish by their templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sim.wording.templates import Templates, compiled, filled

# fmt: off
NOTES: Mapping[str, str] = {
    "{}: {} people drawn from {} rows by weight, 1 row not drawn": "{}: {} personas sorteadas de {} filas según su peso; 1 fila no salió",
    "{}: {} people drawn from {} rows by weight, {} rows not drawn": "{}: {} personas sorteadas de {} filas según su peso; {} filas no salieron",
    "{}: {} people": "{}: {} personas",
    "{}: {} of {} users without a frequency given the mean of the others, {} visits per day": "{}: {} de {} usuarios sin frecuencia reciben la media de los demás, {} visitas al día",
    "{}: blank use in 1 row ({} of weight) counted as no": "{}: uso en blanco en 1 fila ({} del peso), contado como no",
    "{}: blank use in {} rows ({} of weight) counted as no": "{}: uso en blanco en {} filas ({} del peso), contado como no",
    "{}: {} stands for . in the names of segments: {}": "{}: {} está en lugar de . en los nombres de los segmentos: {}",
    "{}: blank in {} of {} rows ({} of weight): put in `{}`": "{}: en blanco en {} de {} filas ({} del peso): van a `{}`",
    "{}: blank in {} of {} rows ({} of weight): their segment drawn by the weights of the known": "{}: en blanco en {} de {} filas ({} del peso): su segmento se sortea con los pesos de los conocidos",
    "no simulated person in {}: too small a share of {}": "ninguna persona simulada en {}: proporción demasiado pequeña de {}",
    "{} of {} pairs not drawn: nobody left to tie": "{} de {} parejas no se formaron: no quedaba con quién vincular",
    "{} of {} ties not drawn: nobody left to tie": "{} de {} vínculos no se formaron: no quedaba con quién vincular",
    "{} of {} ties not drawn: nobody left to follow": "{} de {} vínculos no se formaron: no quedaba a quién seguir",
    "clustering {}: chance alone gives about {}": "agrupamiento {}: el azar solo ya da cerca de {}",
    "clustering {}: with these ties it comes to about {}": "agrupamiento {}: con estos vínculos llega a cerca de {}",
    "same_segment {}: chance alone puts {} within a segment": "same_segment {}: el azar solo ya pone {} dentro de un segmento",
    "same_segment {}: with this rewiring at most {}": "same_segment {}: con esta reconexión, {} como mucho",
    "reciprocity {}: chance alone returns about {} of ties": "reciprocity {}: el azar solo ya hace recíprocos cerca de {} de los vínculos",
    "{} rows tied a person to themselves: dropped": "{} filas vinculaban a una persona consigo misma: descartadas",
    "1 row tied a person to itself: dropped": "1 fila vinculaba a una persona consigo misma: descartada",
    "1 row repeated a tie: merged": "1 fila repetía un vínculo: unida",
    "{} rows repeated a tie: merged": "{} filas repetían un vínculo: unidas",
    "{} of {} ids are not in the people file: {} of {} rows dropped": "{} de {} identificadores no están en el archivo de personas: se descartan {} de {} filas",
    "{} of {} agents are in no edge file": "{} de {} personas simuladas no están en ningún archivo de vínculos",
}
# fmt: on
_NUMBER = re.compile(r"[\d.,]*\d%?")
_SWAPPED = str.maketrans(",.", ".,")


def noted(text: str, language: str) -> str:
    """Return a note in the language; what has no template stays as it is.

    Examples
    --------
    >>> noted("3 rows repeated a tie: merged", "es")
    '3 filas repetían un vínculo: unidas'
    """
    return text if language == "en" else filled(text, _templates(), _number) or text


@cache
def _templates() -> Templates:
    return compiled(NOTES)


def _number(text: str) -> str:
    """Return a number with Spanish marks; a name as it is."""
    return text.translate(_SWAPPED).replace("%", "\u00a0%") if _NUMBER.fullmatch(text) else text
