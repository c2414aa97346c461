"""How an office is reached: what mails, pages and printed sheets say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from states.policy_fields import Mark
from states.terms import Text

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an office is reached: by telephone, with originals by post, with copies by e-mail.

    Empty: not known. `sample`: made up, to be replaced before anybody relies on it.
    """

    telephone: Annotated[str, Text("电话", "Telephone")] = ""
    post: Annotated[Text, Text("邮寄地址", "Post")] = NOTHING
    mailbox: Annotated[str, Text("邮箱", "E-mail"), Mark.MAILBOX] = ""
    sample: Annotated[bool, Text("示例数据，不得使用", "Made up, not to be used")] = False

    @property
    def line(self) -> Text:
        """How to ask: 电话…，邮箱…. Empty where nothing is known."""
        return self._told(*self._how_to_ask)

    @property
    def spoken(self) -> Text:
        """How to ask by voice, where others read along: the telephone alone."""
        return self._told((TELEPHONE, Text(self.telephone, self.telephone)))

    @property
    def whole(self) -> Text:
        """How to ask, and where originals go."""
        return self._told(*self._how_to_ask, (POST, self.post))

    @property
    def originals(self) -> Text:
        """Where papers with a seal are sent."""
        return self._told((BARE, self.post))

    @property
    def copies(self) -> Text:
        """Where their electronic copies are sent."""
        return self._told((BARE, Text(self.mailbox, self.mailbox)))

    @property
    def _how_to_ask(self) -> tuple[tuple[Text, Text], ...]:
        telephone, mailbox = (Text(one, one) for one in (self.telephone, self.mailbox))
        return (TELEPHONE, telephone), (MAILBOX, mailbox)

    def _told(self, *parts: tuple[Text, Text]) -> Text:
        told = [said.format(said=value) for said, value in parts if value.zh]
        more = SAMPLE if told and self.sample else NOTHING
        zh, en = "，".join(one.zh for one in told), ", ".join(one.en for one in told)
        return Text(zh + more.zh, en + more.en)

    @property
    def missing(self) -> tuple[Text, ...]:
        """What is still to be entered."""
        known = (self.telephone, self.mailbox, self.post.zh)
        pairs = zip(known, (NO_TELEPHONE, NO_MAILBOX, NO_POST), strict=True)
        return tuple(label for value, label in pairs if not value or self.sample)


@dataclass(frozen=True, slots=True)
class Desk:
    """An office and how it is reached about one category."""

    office: Text
    contact: Contact


BARE = Text("{said}", "{said}")
TELEPHONE = Text("电话{said}", "telephone {said}")
MAILBOX = Text("邮箱{said}", "e-mail {said}")
POST = Text("邮寄地址：{said}", "post: {said}")
SAMPLE = Text("（示例，请勿使用）", " (a sample, not to be used)")
NO_TELEPHONE, NO_MAILBOX = Text("咨询电话", "telephone"), Text("电子邮箱", "e-mail")
NO_POST = Text("邮寄地址", "postal address")
NO_CONTACT = Contact()
