"""Serve the planner's page on this machine."""

from __future__ import annotations

import importlib
import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from sim.app.state.desk import FOLDER
from sim.errors import Fault, InputError

HOST = "127.0.0.1"
SWITCH_SECONDS = 5e-4
SECONDS_BEFORE_WARMING = 3.0  # the first page comes first


def settings(folder: Path) -> dict[str, str]:
    """Return what solara reads from its surroundings when it is loaded."""
    from sim.app.server.assets import assets_folder

    found = {
        "SOLARA_APP": "sim.app.page",
        "SOLARA_MODE": "production",
        "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_THEME_LOADER": "plain",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
        "SOLARA_KERNEL_CULL_TIMEOUT": "1h",
        FOLDER: str(folder.resolve()),
    }
    files = assets_folder()
    if files is not None:
        files.mkdir(parents=True, exist_ok=True)
        found["SOLARA_ASSETS_PROXY_CACHE_DIR"] = str(files)
    return found


def warm() -> None:
    """Load what a view would else wait for when it is opened first; the page itself needs none of it."""
    for name in ("sim.experiment.sweeps.peek", "sim.experiment.influencers", "sim.experiment.compare"):
        importlib.import_module(name)


def serve(folder: Path, port: int, tell: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted; `tell` is given its address before.

    Raises
    ------
    InputError
        No such folder, solara is not installed, or the port is taken.
    """
    if not folder.is_dir():
        raise InputError(Fault(str(folder), "no such folder", "want a folder with scenario files"))
    if importlib.util.find_spec("solara") is None:
        raise InputError(
            Fault(
                "pregon app",
                "solara is not installed",
                "want the page's libraries",
                "pip install 'pregon[app]'",
            )
        )
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            free.bind((HOST, port))
        except (OSError, OverflowError):
            raise InputError(
                Fault(f"--port {port}", "cannot be listened on", "want a port that is free")
            ) from None
    os.environ.update(settings(folder))
    import uvicorn

    from sim.app.server.sending import gather
    from sim.app.state.keeping import sweep_out

    protocol = gather()
    sweep_out()
    # A thread that drives kernels gives way this often, so that a click is not kept waiting.
    sys.setswitchinterval(SWITCH_SECONDS)
    tell(f"http://{HOST}:{port}")
    later = threading.Timer(SECONDS_BEFORE_WARMING, warm)
    later.daemon = True
    later.start()
    uvicorn.run(
        "solara.server.starlette:app", host=HOST, port=port, log_level="warning", ws=protocol,
        ws_per_message_deflate=False,
    )  # fmt: skip
