"""All tables together, for migrations and for whoever needs the whole."""

from workflow import mail_tables, office_tables
from workflow.tables import metadata

__all__ = ["mail_tables", "metadata", "office_tables"]
