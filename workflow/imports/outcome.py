"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow.imports.rows import Remark


@dataclass
class Imported:
    """What an import did: new projects, changed ones, what differs, warnings, rejected rows."""

    imported: int = 0
    told: list[int] = field(default_factory=list)  # projects whose hosts are told
    to_tell: list[int] = field(default_factory=list)  # projects whose hosts know nothing of it yet
    changed: int = 0
    differences: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)
