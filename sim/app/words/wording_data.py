"""Wordings of where people and ties come from."""

from __future__ import annotations

from collections.abc import Mapping

# fmt: off
DATA: Mapping[str, tuple[str, str]] = {
    "data.title": ("People and ties from files", "Personas y vínculos desde archivos"),
    "data.about": (
        "Upload a survey, a list of people or a list of ties, then say what it is and which columns tell what. Nothing leaves this machine.",
        "Suba una encuesta, una lista de personas o una lista de vínculos, y diga qué es y qué cuenta cada columna. Nada sale de esta máquina."),
    "data.file": ("File", "Archivo"), "data.columns": ("Columns", "Columnas"), "data.none": ("No files yet", "Aún no hay archivos"),
    "data.as_survey": ("Is a survey", "Es una encuesta"), "data.as_people": ("Is a list of people", "Es una lista de personas"),
    "data.as_ties": ("Are ties of {layer}", "Son vínculos de {layer}"), "data.chosen": ("{name} is …", "{name} es …"),
    "data.survey": ("The survey", "La encuesta"), "data.people": ("The list of people", "La lista de personas"),
    "data.layer": ("Network of {layer}", "Red de {layer}"), "data.networks": ("Networks", "Redes"),
    "section.bands": ("Bands of numbers: where each begins", "Tramos de números: dónde empieza cada uno"),
    "section.rates": ("Visits per day behind each label", "Visitas al día tras cada etiqueta"),
    "field.audience_from_survey_file": ("File", "Archivo"), "field.audience_from_people_file": ("File", "Archivo"),
    "field.audience_from_survey_weight": ("Weight", "Peso"), "field.audience_from_people_id": ("Id of a person", "Id de la persona"),
    "field.audience_from_survey_segment_by": ("Segments by", "Segmentos por"), "field.audience_from_people_segment_by": ("Segments by", "Segmentos por"),
    "field.audience_from_survey_missing": ("Where it is blank", "Donde falta"), "field.audience_from_people_missing": ("Where it is blank", "Donde falta"),
    "field.uses": ("who uses it", "quién lo usa"), "field.often": ("how often", "con qué frecuencia"),
    "field.network_made": ("Ties", "Vínculos"), "field.network_exponent": ("Exponent", "Exponente"),
    "field.network_min_followers": ("Fewest followers", "Mínimo de seguidores"), "field.network_max_followers": ("Most followers", "Máximo de seguidores"),
    "field.network_reciprocity": ("Ties returned", "Vínculos recíprocos"), "field.network_same_segment": ("Within a segment", "Dentro del segmento"),
    "field.network_ties": ("Ties of a person", "Vínculos por persona"), "field.network_rewiring": ("Rewired", "Reconectados"),
    "field.network_min_ties": ("Fewest ties", "Mínimo de vínculos"), "field.network_max_ties": ("Most ties", "Máximo de vínculos"),
    "field.network_clustering": ("Clustering", "Agrupamiento"), "field.network_edges": ("File", "Archivo"),
    "field.network_source": ("Who speaks", "Quién habla"), "field.network_target": ("Who hears", "Quién oye"), "field.network_weight": ("Strength", "Fuerza"),
    "field.network_directed": ("One way only", "En un solo sentido"),
    "option.no_ties": ("none", "ninguno"), "option.power_law": ("followers by a power law", "seguidores por ley de potencias"),
    "option.affiliation": ("overlapping groups", "grupos solapados"), "option.small_world": ("small world", "mundo pequeño"),
    "option.well_mixed": ("everyone hears everyone", "todos oyen a todos"), "option.edges": ("from a file", "desde un archivo"),
    "option.unknown": ("a segment of their own", "un segmento propio"), "option.draw": ("drawn by known weights", "sorteados por pesos conocidos"),
}
