"""Which addresses are one mailbox: those that differ in case alone."""

from __future__ import annotations


def mailbox(address: str) -> str:
    """The address as it is kept and compared; all of them are ASCII."""
    return address.strip().lower()
