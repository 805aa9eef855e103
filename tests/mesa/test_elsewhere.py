"""What this interpreter cannot hold is tested in another: mesa 3.5 wants Python 3.12, SolaraViz wants Vuetify 2."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.mesa_publics import IS_NEW_MESA
from tests.other_python import NEWER_MESA, VUETIFY_2, has_vuetify_2, run_tests

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]  # kernels are compiled anew for another interpreter


if not IS_NEW_MESA:

    def test_mesa_3_5_on_a_newer_interpreter() -> None:
        python = NEWER_MESA.need()
        run_tests(python, "tests/mesa")
        version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
        assert (sys.version_info[:2]) < tuple(int(part) for part in version.split(".")[:2])


if not has_vuetify_2():

    def test_mesas_page_where_vuetify_2_is() -> None:
        run_tests(VUETIFY_2.need(), "tests/mesa/test_viz.py")


@pytest.mark.parametrize("is_ci", [False, True])
def test_what_is_missing_skips_here_and_fails_in_ci(monkeypatch, is_ci) -> None:
    monkeypatch.setenv("CI", str(is_ci).lower())
    for elsewhere in (NEWER_MESA, VUETIFY_2):
        monkeypatch.delenv(elsewhere.variable, raising=False)
        monkeypatch.setattr("tests.other_python.shutil.which", lambda name: None)
        wanted = pytest.fail.Exception if is_ci else pytest.skip.Exception
        with pytest.raises(wanted, match=rf"make venvs, or set {elsewhere.variable}\): .*: not found"):
            elsewhere.need()
        monkeypatch.setenv(elsewhere.variable, "none")
        with pytest.raises(pytest.skip.Exception, match="=none"):
            elsewhere.need()
        monkeypatch.setenv(elsewhere.variable, "nowhere")
        with pytest.raises(pytest.fail.Exception, match="nowhere: not found"):
            elsewhere.need()


def test_another_mesa_is_told(monkeypatch) -> None:
    monkeypatch.setenv(VUETIFY_2.variable, sys.executable)
    path, why = VUETIFY_2.find()
    assert (path is None) == (not has_vuetify_2())
    assert path or why.startswith(f"{sys.executable}: ")
