"""Real boot menus, and what other loaders read in them. They are other people's files, and are not copied into
the sources: they lie beside them, in ../shared/configs."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGS = ROOT.parent / "shared" / "configs"


def cases(kind):
    """The directories with one KIND of menu, for pytest.mark.parametrize."""
    found = sorted(p.parent for p in (CONFIGS / kind).glob("*/expected.json"))
    if not found:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{CONFIGS / kind} is not here"))]
    return [pytest.param(p, id=p.name) for p in found]
