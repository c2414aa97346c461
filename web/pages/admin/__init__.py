"""Administration, one module a room."""

from web.pages.admin import (
    audit,
    calendar,
    entrance,
    health,
    ladders,
    people,
    people_file,
    policies,
    units,
    wordings,
)

ROOMS = (
    *(entrance, people_file, people, units, policies),
    *(calendar, wordings, ladders, health, audit),
)
