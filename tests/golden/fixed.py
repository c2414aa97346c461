"""What is drawn at random, or is of the moment or of the machine, has a fixed word in the golden
files; nothing else has. The only place that says so: a net that meets another such thing adds a row.
"""

from __future__ import annotations

import re

FIXED = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\b[0-9a-f]{64}\b", "〈hash〉"),
        (r"\b[0-9a-f]{32}\b", "〈token〉"),  # of a mail, of which its Message-ID is made
        (r'(?<="shown": ")[0-9a-f]{24}', "〈hash〉"),  # of what the preview of a batch shows
        (r"\byx_[\w-]{43}", "〈secret〉"),
        (r"(?<=/sign-in/link/)[\w-]{43}", "〈secret〉"),
        (r"(?<=/login#)[\w-]{43}", "〈secret〉"),
        (r"(?<=/calendar/)[\w-]+\.[\w-]{43}(?=\.ics)", "〈secret〉"),
        (r'(?<="password": ")[^"]+', "〈secret〉"),
        (r"\b[\w.-]+:\d+:[0-9a-f]{8}(?:#\d+)?", "〈process〉"),
        # No clock of a scene shows parts of a second, and the real one always does.
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\S\d\d:\d\d", "〈now〉"),
        (r"\b\d{8}-\d{6}-[0-9a-f]{4}\b", "〈now〉"),  # of what a restore has moved aside
        (r'(?<=office\.zip",)(\s+"size": )\d+', r'\1"〈size〉"'),
        (r'("check": "(?:Python|SQLite)",\s+"ok": true,\s+"message": ")[^"]+', r"\1〈version〉"),
    )
)


def fixed(text: str) -> str:
    for pattern, word in FIXED:
        text = pattern.sub(word, text)
    return text
