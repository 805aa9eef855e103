"""The page's files for the browser: kept in the cache folder, so that it needs no network once they are there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from sim import public_cache
from sim.errors import Fault, InputError

# As solara 1.64.1 with Vuetify 2 asks for them, and `vue/chart.vue`.
PACKAGES = ("requirejs@2.3.6", "@widgetti/solara-vuetify-app@10.1.1", "echarts@5.6.0")


VARIABLE = "PREGON_PAGE_FILES"


def assets_folder() -> Path | None:
    """Return where the files are kept: from PREGON_PAGE_FILES, or in the cache; None where that is switched off."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).expanduser()
    root = public_cache.folder()
    return None if root is None else root.parent / "page"


def missing(folder: Path) -> list[str]:
    """Return the packages that are not there."""
    return [name for name in PACKAGES if not (folder / name / "package.json").is_file()]


def fetch(folder: Path) -> list[str]:
    """Fetch what is missing from the npm registry, each package whole or not at all; return what was fetched.

    Raises
    ------
    InputError
        npm is not there, or does not get a package.
    """
    npm = shutil.which("npm")
    wanted = missing(folder)
    if wanted and npm is None:
        raise InputError(Fault("npm", "not installed", "want npm, to fetch the page's files once"))
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="pregon-npm-") as work:
            packed = subprocess.run(
                [str(npm), "pack", "--silent", name], cwd=work, capture_output=True, text=True
            )
            archives = list(Path(work).glob("*.tgz"))
            if packed.returncode or not archives:
                why = packed.stderr.strip().splitlines()[-1:] or ["no file"]
                raise InputError(Fault(f"npm pack {name}", why[0], "want the package"))
            with tarfile.open(archives[0]) as archive:
                archive.extractall(work, filter="data")
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            shutil.move(Path(work) / "package", target)
    return wanted


def main() -> int:
    """Fetch the page's files; say where they are."""
    folder = assets_folder()
    if folder is None:
        sys.stderr.write("PREGON_CACHE is off: there is no place to keep the page's files\n")
        return 2
    try:
        fetched = fetch(folder)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{folder}: {', '.join(fetched) or 'all there'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
