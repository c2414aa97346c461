"""Where the `yanxiu` command starts; the version is answered before anything is loaded."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

OURS = ("cli", "web", "notifications", "workflow", "config", "states")


def main() -> None:
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        print(f"yanxiu {version('yanxiu')}")
        return
    if foreign := foreign_package():
        raise SystemExit(FOREIGN.format(name=foreign[0], where=foreign[1]))
    try:
        from cli.main import main as run
    except ImportError as error:  # one that was installed over ours
        name = (error.name or "").partition(".")[0]
        if name not in OURS:
            raise
        raise SystemExit(FOREIGN.format(name=name, where=error.path)) from None
    run()


def foreign_package() -> tuple[str, Path] | None:
    """A package of one of our names that is not ours, and where it lies: names as common as these
    are also somebody else's, and what was found first is what Python takes."""
    home = Path(__file__).resolve().parents[1]
    for name in OURS:
        found = find_spec(name)
        where = Path(found.origin).resolve() if found and found.origin else None
        if where is None or where != home / name / "__init__.py":
            return name, where or home / name
    return None


# Both languages: nothing of ours is loaded that could tell which is wanted.
FOREIGN = (
    "另一个软件也装了名为“{name}”的包（{where}），yanxiu 无法启动；请把 yanxiu 装在单独的虚拟环境中"
    "（make setup）。\nAnother package is called “{name}” ({where}); install yanxiu into an environment "
    "of its own (make setup)."
)


if __name__ == "__main__":
    main()
