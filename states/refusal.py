"""Why a mail server refuses or returns a mail. One list for its answers and for its reports."""

from __future__ import annotations

from states.terms import Labelled, Text


class Reason(Labelled):
    """What was at fault. Only `gone` and `disabled` say anything of the address itself."""

    GONE = "gone", "邮箱不存在", "The mailbox does not exist"
    DISABLED = "disabled", "邮箱已停用", "The mailbox is disabled for good"
    MALFORMED = "malformed", "邮箱地址写法有误", "The address is malformed"
    FULL = "full", "收件人邮箱已满", "The mailbox is full"
    SIZE = "size", "邮件过大", "The mail is too large"
    CONTENT = "content", "内容被拦截（垃圾邮件等）", "The content is refused, as spam or otherwise"
    POLICY = "policy", "被对方的安全策略拒收", "Refused by the other side's policy"
    SENDER = "sender", "发件邮箱被拒", "The sender's address is refused"
    RATE = "rate", "发信过快或超过限额", "Too much mail in too short a time"
    ROUTE = "route", "找不到或连不上对方邮件服务器", "The other server cannot be found or reached"
    SYSTEM = "system", "邮件服务器故障", "A mail server is out of order"
    GIVEN_UP = "given_up", "多次重试仍未送达", "Given up after several tries"
    UNKNOWN = "unknown", "未说明原因", "No reason is given"

    @property
    def stops(self) -> bool:
        """Whether nothing more is sent to the address."""
        return self in (Reason.GONE, Reason.DISABLED)

    @property
    def ours(self) -> bool:
        """Whether it lies with who sends, or on the way, as soon as it meets several."""
        return self not in OF_ONE


# What is said of one mailbox. Even that, said of most that are written to, is no fault of theirs.
OF_ONE = frozenset(
    {
        *(Reason.GONE, Reason.DISABLED, Reason.MALFORMED, Reason.FULL),
        *(Reason.GIVEN_UP, Reason.UNKNOWN),
    }
)

_THEIRS = Text(
    "邮箱地址无误的，无需更正；请与收件人联系，提醒其处理，并以电话等方式通知本次事项。",
    "If the address is right it need not be changed; tell the recipient by telephone, and of this.",
)
_OURS = Text(
    "与收件人的邮箱地址无关，无需更正；请以电话等方式通知收件人，并告知系统管理员。",
    "The recipient's address is not at fault; tell the recipient by telephone, and the "
    "administrator.",
)
_CHECK = Text(
    "请与收件人联系，核对邮箱；更正后邮件可重新发送。",
    "Contact the recipient and check the address; the mail can then be sent again.",
)


def todo(reason: Reason) -> Text:
    """What somebody who is told of one such mail can do about it."""
    if reason is Reason.FULL:
        return _THEIRS
    return _OURS if reason.ours and reason is not Reason.ROUTE else _CHECK
