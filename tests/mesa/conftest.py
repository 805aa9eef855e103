"""What this interpreter cannot hold is not collected here; test_elsewhere.py runs it in one that can."""

from __future__ import annotations

import os

from tests.mesa_publics import IS_NEW_MESA
from tests.other_python import NESTED, has_vuetify_2

collect_ignore = [
    *([] if IS_NEW_MESA else ["test_mesa_3_5.py"]),
    *([] if has_vuetify_2() else ["test_viz.py"]),
    *(["test_elsewhere.py"] if NESTED in os.environ else []),
]
