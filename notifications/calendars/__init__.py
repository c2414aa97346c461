"""Deadlines as calendar files, feeds and a printed timetable."""
