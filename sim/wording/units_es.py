"""Units and what stands beside numbers, in Spanish."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "contacts per person": "contactos por persona", "per 1000 impressions": "por 1000 impresiones",
    "per reach point": "por punto de cobertura", "per adoption": "por adopción", "per GRP": "por GRP",
    "simulated persons": "personas simuladas", "adopter-days": "días de adoptante", "impressions": "impresiones",
    "purchases": "compras", "contacts": "contactos", "people": "personas", "posts": "publicaciones", "steps": "pasos",
    "complaints": "quejas", "replies": "respuestas", "variants": "variantes", "distance": "distancia",
    "times": "veces", "day": "día", "share": "proporción", "attitude": "actitud", "trust": "confianza", "points": "puntos", "ratio": "cociente",
}  # fmt: skip
