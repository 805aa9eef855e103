"""Files from the planner's machine: they come in pieces, of which nothing is believed but the bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara

from sim.app.components.parts import UploadField, nothing
from sim.app.state.desk import DATA_ENDINGS, MOST_DATA_BYTES, PLAN_ENDINGS
from sim.app.state.look import Look, attempt
from sim.scenario.source import MOST_BYTES


class Pieces:
    """Put a file together from its pieces; of what is too much one byte is kept, so that it is seen."""

    def __init__(self, most: int = MOST_DATA_BYTES) -> None:
        self._most, self._held = most, bytearray()

    def take(self, told: Mapping[str, Any], buffers: Sequence[Any]) -> bytes | None:
        """Take a piece (first, last, and its bytes); return the whole file with the last one, else None.

        What the browser says of the file's size or kind is not asked for.
        """
        if told.get("first"):
            self._held = bytearray()
        for piece in buffers:
            self._held += bytes(piece)[: self._most + 1 - len(self._held)]
        if not told.get("last"):
            return None
        whole, self._held = bytes(self._held), bytearray()
        return whole


@solara.component
def Upload(
    look: Look, on_data: Callable[[str], Any] = nothing, on_plan: Callable[[], Any] | None = None
) -> None:
    """Take a plan, or data that plans name; `on_data` is given the name of a file that is kept."""
    said, set_said = solara.use_state("")
    pieces = solara.use_memo(Pieces, [])

    def take(told: dict[str, Any], buffers: list[Any]) -> None:
        whole = pieces.take(told, buffers)
        if whole is not None:
            done(str(told.get("name", "")), whole)

    def done(name: str, data: bytes) -> None:
        before = look.desk.opened

        def keep() -> None:
            set_said("")
            kept = look.desk.take_upload(name, data)
            set_said(kept)
            if look.desk.opened == before:
                on_data(kept)

        attempt(keep)
        if look.desk.opened != before and on_plan is not None:
            on_plan()

    UploadField(
        label=look.t("upload.drop"), accept=",".join(PLAN_ENDINGS + DATA_ENDINGS), most=MOST_DATA_BYTES,
        event_chunk=take,
    )  # fmt: skip
    about = look.t("upload.about", plan=f"{MOST_BYTES / 1e6:.0f}", data=f"{MOST_DATA_BYTES / 1e6:.0f}")
    solara.v.Html(tag="p", children=[about], class_="pg-note")
    if said:
        solara.v.Html(tag="p", children=[look.t("upload.kept", name=said)], class_="pg-note")
