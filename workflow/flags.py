"""What stays open after an action: flags that it raised, flags whose cause it took away."""

from __future__ import annotations

from collections.abc import Sequence

from states.choices import SETTLED
from states.facts import Facts, Json, merge
from states.findings import Case, Finding
from states.settling import settled
from states.terms import Severity


def add_flags(changes: Json, case: Case, findings: Sequence[Finding]) -> None:
    """Keep what was flagged until a person disposes of it."""
    if case.given.get("undo"):
        return  # judged by facts that are taken back; effects.correct drops their flags
    raised = {
        found.key: {
            "clause": found.clause,
            **({"consequence": found.consequence} if found.consequence else {}),
            "zh": found.message.zh,
            "en": found.message.en,
            "deed": case.deed.value,
            "on": case.on.isoformat(),
        }
        for found in findings
        if found.severity is Severity.FLAG and found.rule not in MOMENTARY
    }
    kept = case.facts.flags
    # Said before in the same words: it stands as it is, disposed of or not.
    new = {key: said for key, said in raised.items() if not _stands(kept.get(key), said)}
    flags: Json = {**changes.get("flags", {}), **new}
    if flags:
        changes["flags"] = flags


def _stands(kept: Json | None, said: Json) -> bool:
    """Whether a flag says this already, and its cause has not been away in between."""
    if kept is None or kept["zh"] != said["zh"]:
        return False
    return bool(kept.get("disposed", {}).get("outcome") != SETTLED)


def settle_flags(changes: Json, case: Case, stored: Json) -> None:
    """Close the flags whose cause the deed has taken away (states/settling.py)."""
    if not case.facts.unsettled:
        return
    after = Facts.read(merge(stored, changes))
    found = settled(case, after, changes.get("flags", {}))
    if found:
        changes["flags"] = {**changes.get("flags", {}), **found}


MOMENTARY = frozenset({"flags_disposed"})  # said when deciding, nothing to keep
