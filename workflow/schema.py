"""All tables together, for migrations and for whoever needs the whole."""

from workflow import office_tables
from workflow.tables import metadata

__all__ = ["metadata", "office_tables"]
