"""The web: for now the calendar feeds and what tells a monitor that all is well."""
