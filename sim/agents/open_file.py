"""Open a data file by its ending."""

from __future__ import annotations

from sim.agents.file_content import Asked, content
from sim.agents.file_csv import CsvSource
from sim.agents.file_graphml import GraphmlSource
from sim.agents.file_parquet import ParquetSource
from sim.agents.source import Source


def open_source(asked: Asked) -> Source:
    """Return the file opened: .parquet, .graphml and .graphml.gz by their endings, all else as CSV.

    Raises
    ------
    InputError
        What is wrong with the file itself.
    """
    if asked.has_ending(".parquet"):
        return ParquetSource(asked)
    raw = content(asked)
    return GraphmlSource(raw, asked) if asked.has_ending(".graphml", ".graphml.gz") else CsvSource(raw, asked)
