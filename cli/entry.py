"""Where the `yanxiu` command starts; the version is answered before anything is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        print(f"yanxiu {version('yanxiu')}")
        return
    from cli.main import main as run

    run()


if __name__ == "__main__":
    main()
