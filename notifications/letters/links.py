"""Where the links in mails lead: to the workplace, a project, the form that answers a matter, or a
mail. No mail has a link where the installation says no address, nor a host's where hosts cannot
reach the pages."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from states.answering import answering
from states.contact import Contact
from states.facts import Facts
from states.policy import Category
from states.terms import Act, Action, Kind, Role, Text


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of one installation; each empty for who cannot follow it."""

    base: str = ""  # what they begin with; empty: unknown
    hosts_online: bool = True  # whether hosts reach the pages

    def home(self, role: Role) -> str:
        """The reader's workplace."""
        return self.base if self.reaches(role) else ""

    def reaches(self, role: Role) -> bool:
        return self.hosts_online or role is not Role.HOST

    def reached(self, role: Role, desk: Contact) -> Text:
        """How the reader asks an office: who cannot reach the pages is told where to send papers."""
        return desk.line if self.reaches(role) else desk.whole

    def below(self, role: Role, path: str) -> str:
        home = self.home(role)
        return home and f"{home.rstrip('/')}{path}"

    def project(self, role: Role, project_id: int, deed: Action | Act | None = None) -> str:
        """A project's page, or the form of a deed on it."""
        form = f"/do/{deed.value}" if deed else ""
        return self.below(role, f"/projects/{project_id}{form}")

    def matter(
        self, role: Role, project_id: int, kind: Kind, facts: Facts, category: Category
    ) -> str:
        """The form by which the reader meets a deadline; the project's page where there is none."""
        return self.project(role, project_id, answering(kind, facts, category, role))

    def mail(self, role: Role, number: int) -> str:
        """A mail in the mail room."""
        return self.below(role, f"/mail/{number}")


NO_LINKS = Links()


def links_of(settings: Settings) -> Links:
    return Links(settings.base_url, settings.hosts_online)
