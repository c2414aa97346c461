"""What a browser is called by people: its name and the system that it runs on."""

from __future__ import annotations

from states.terms import Text

# The first that is found counts: most browsers also claim to be others.
BROWSERS = (
    ("MicroMessenger/", Text("微信", "WeChat")),
    ("Edg/", Text("Edge", "Edge")),
    ("Firefox/", Text("Firefox", "Firefox")),
    ("Chrome/", Text("Chrome", "Chrome")),
    ("Safari/", Text("Safari", "Safari")),
)
SYSTEMS = (
    ("Windows", Text("Windows", "Windows")),
    ("Android", Text("安卓", "Android")),
    ("iPhone", Text("iPhone", "iPhone")),
    ("iPad", Text("iPad", "iPad")),
    ("Mac OS", Text("macOS", "macOS")),
    ("Linux", Text("Linux", "Linux")),
)


def browser_label(agent: str) -> Text:
    """The name of a browser from what it sends as its User-Agent."""
    name = next((label for mark, label in BROWSERS if mark in agent), UNKNOWN)
    system = next((label for mark, label in SYSTEMS if mark in agent), None)
    return ON.format(name=name, system=system) if system else name


UNKNOWN = Text("未知浏览器", "unknown browser")
ON = Text("{name}（{system}）", "{name} on {system}")
