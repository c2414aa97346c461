"""Administration, one module a room."""

from web.pages.admin import entrance, people, people_file

ROOMS = (entrance, people_file, people)
