"""The mark that stands in a data folder while a restore moves things: nobody opens it meanwhile."""

from __future__ import annotations

from pathlib import Path

from states.terms import Text

MARK = "restoring"


def half_restored(data_dir: Path) -> bool:
    """Whether a restore is under way there, or was interrupted."""
    return (data_dir / MARK).exists()


HALF = Text(
    "上次恢复没有完成，请重新运行 yanxiu restore 备份文件（数据目录 {folder}）。",
    "A restore was interrupted; run `yanxiu restore FILE` again (data folder {folder}).",
)
