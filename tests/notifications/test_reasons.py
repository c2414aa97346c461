"""What servers say, and which reason it is: one table for their answers and for their reports."""

from __future__ import annotations

import pytest

from notifications.reasons import cause, may_hold_for_all
from notifications.sending.answers import Outcome, Reply, judged
from states.refusal import Reason

SAID: dict[Reason, tuple[str, ...]] = {
    Reason.GONE: (
        # Postfix, Exim, Sendmail, qmail
        "550 5.1.1 <x@example.cn>: Recipient address rejected: User unknown in virtual mailbox table",
        'X-Postfix; unknown user: "gone14@example.cn"',
        "550 5.1.1 no such user here",
        "550 Unknown local part x in <x@example.cn>",
        "550 5.1.1 <x@example.cn>... User unknown",
        "Sorry, no mailbox here by that name. (#5.1.1)",
        "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
        "550 #5.1.1 no mailbox",
        "X-Unix; 67 (EX_NOUSER)",
        # Exchange, Microsoft 365, Outlook, Gmail, Yahoo, Domino
        "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "550 5.0.350 Remote server returned an error -> 550 5.1.1 user unknown",
        "550 5.5.0 Requested action not taken: mailbox unavailable",
        "550-5.1.1 The email account that you tried to reach does not exist. Please try",
        "554 delivery error: dd This user doesn’t have a yahoo.com account (x@yahoo.com) [0]",
        "550 5.1.1 User not listed in Domino Directory",
        "The email address you entered couldn't be found. Please check the recipient's address",
        # Coremail, QQ, 163 and their like
        "550 User not found: x@example.cn",
        "550 Invalid User",
        "550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022",
        "550 x@example.cn: user not exist",
        "收件人邮箱地址不存在，拒绝接收。",
        "收件人（x@example.cn）邮箱不存在，无法投递",
        "对方邮箱帐号不存在，或已被注销",
        "该用户不存在",
        "查无此人",
        "邮箱不可用",
        "無此使用者",
        "收件人邮箱地址有误，对方服务器不存在该用户",
        "550 5.1.1",
        "5.1.6 moved away",
        "Remote host said: 550 #5.1.1 user unknown",
        "host mx.example.cn [192.0.2.7] SMTP error from remote mail server after RCPT TO:"
        "<x@example.cn>: 550 5.1.1 user unknown",
        # not the words, but the names in it, could mean something else
        "host spam-filter.example.cn said: 550 5.1.1 <quota@full.example.cn>: user unknown",
        "550 5.1.1 User unknown https://example.cn/help/spam-policy-denied.html",
    ),
    Reason.DISABLED: (
        "550 5.2.1 The email account that you tried to reach is disabled",
        "550 5.2.1 Mailbox not accepting messages",
        "550 account has been disabled",
        "该账号已停用",
    ),
    Reason.MALFORMED: ("553 5.1.3 Bad destination mailbox address syntax", "收件人地址格式不正确"),
    Reason.FULL: (
        "552 5.2.2 <x@example.cn> Quota exceeded (mailbox for user is full)",
        "452-4.2.2 The email account that you tried to reach is over quota",
        "552-5.2.2 The recipient's inbox is out of storage space",
        "550 5.1.1 Mailbox is full",  # the words say more than the code
        "550 5.2.2 mailbox unavailable",  # the code says more than these words
        "mailbox is over the limit",
        "收件人邮箱空间已满",
        "对方邮箱容量不足",
    ),
    Reason.SIZE: (
        "552 5.3.4 Message too big for system",
        "552 Requested mail action aborted: exceeded mailsize limit",
        "552 message size exceeds fixed limit",
        "邮件大小超过对方限制",
    ),
    Reason.CONTENT: (
        "554 5.7.1 rejected as spam",
        "554 DT:SPM 163 smtp, please see http://mail.163.com/help/help_spam_16.htm",
        "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022",
        "554 Reject by behaviour spam at Rcpt State(Connection IP address:192.0.2.1)",
        "邮件内容被拒绝",
        "被判为垃圾邮件，用户不存在或拒收",
    ),
    Reason.POLICY: (
        "550 5.7.26 Unauthenticated email from example.cn is not accepted due to DMARC policy",
        "550 5.7.509 Access denied, sending domain example.cn does not pass DMARC verification",
        "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org",
        "550 Mailbox unavailable or access denied",
        "550 5.7.1 mailbox unavailable",
        "450 4.2.0 <x@example.cn>: Recipient address rejected: Greylisted",
        "对方设置了拒收您的邮件",
        "收件人只接收白名单内的邮件",
        "收件人账号不接收外部邮件",
        "收件人邮箱已停用收信功能",
        "发信IP在黑名单中",
        "550 5.7.1",
    ),
    Reason.SENDER: (
        "550 5.1.0 <y@example.cn>: Sender address rejected: User unknown in relay recipient table",
        "550 5.7.501 Access denied, banned sender",
        "550 5.1.8 Access denied, bad outbound sender",
        "550 Sender verify failed",
        "550 User in blacklist",
        "发件人不存在",
        "发件账号已停用",  # ours, not the recipient's
        "您的账号存在异常，已被停用发信功能",
        "550 account sending disabled",
        "550-Verification failed for <y@example.cn>: no such user",
        "553 Mail from must equal authorized user",
        "发件人地址被拒绝",
    ),
    Reason.RATE: (
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
        "450-4.2.1 The user you are trying to contact is receiving mail too quickly",
        "550 Ip frequency limited",
        "550 5.4.5 Daily user sending quota exceeded",
        "554 MI:STC",
        "450 4.7.1 Too many messages, slow down",
        "发信过于频繁，请稍后再试",
        "今日发送量已达上限",
    ),
    Reason.ROUTE: (
        "550 5.1.1 Recipient address rejected: Domain not found",
        "554 5.7.1 <x@example.cn>: Relay access denied",
        "550 5.4.4 Host or domain name not found. Name service error",
        "554 5.4.6 Too many hops",
        "Sorry, I couldn't find any host named example.cn. (#5.1.2)",
        "connect to mx.example.cn[192.0.2.1]:25: Connection refused",
        "Unrouteable address",
        "收件人域名不存在",
        "收件人启用了自动转发，转发地址不存在",  # behind a mailbox that may well work
        "550 forwarding address is unknown",
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
        "550 5.1.2",
    ),
    Reason.SYSTEM: (
        "550 5.3.5 Local configuration error",
        "451 4.3.0 <x@example.cn>: Temporary lookup failure",
        "服务器繁忙，请稍后再试",
    ),
    Reason.GIVEN_UP: (
        "4.2.1 mailbox locked: retry timeout exceeded",
        "retry timeout exceeded",
        "450 4.1.1 <x@example.cn>: User unknown",  # it may be known tomorrow
        "450 4.2.1 The mailbox is disabled",
    ),
    Reason.UNKNOWN: (
        *("550 No", "551 User not local", "550 User suspended", "5.0.0", "邮箱暂时不可用"),
        *("邮箱暂时停用", "邮箱暂时被停用", "550 mailbox has temporarily been disabled"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "said"), [(reason, said) for reason, all_of in SAID.items() for said in all_of]
)
def test_each_reason_is_read_from_its_words(reason: Reason, said: str) -> None:
    """Also beside the status of Exim, which is 5.0.0 whatever the reason."""
    assert cause("", said).reason is reason
    assert cause("5.0.0", said).reason is reason


def test_every_reason_has_words() -> None:
    assert set(SAID) == set(Reason)


@pytest.mark.parametrize(
    ("status", "words", "reason", "best"),
    [
        ("5.1.1", ("delivery failed",), Reason.GONE, "5.1.1"),
        ("5.0.0", ("it failed",), Reason.UNKNOWN, "5.0.0"),
        ("5.1.1", ("", "552 5.2.2 over quota"), Reason.FULL, "5.2.2"),
        ("5.0.0", ("550 failed", "550 5.1.1 failed"), Reason.GONE, "5.1.1"),
        ("4.4.7", ("550 5.1.1 failed",), Reason.GIVEN_UP, "5.1.1"),
        ("5.0.350", ("550 5.0.350 Remote server -> 550 5.7.1 failed",), Reason.POLICY, "5.7.1"),
        ("", (), Reason.UNKNOWN, ""),
    ],
)
def test_the_most_specific_decides(
    status: str, words: tuple[str, ...], reason: Reason, best: str
) -> None:
    found = cause(status, *words)
    assert (found.reason, found.status) == (reason, best)


def test_only_a_mailbox_that_is_not_there_stops_its_address() -> None:
    assert {reason for reason in Reason if reason.stops} == {Reason.GONE, Reason.DISABLED}


@pytest.mark.parametrize(
    ("said", "outcome", "content"),
    [
        (b"450 4.7.1 Greylisted, system busy", Outcome.LATER, False),
        (b"450 4.2.2 Mailbox full", Outcome.LATER, False),
        (b"451 4.3.0 Queue file write error", Outcome.OUTAGE, False),
        (b"451 4.3.0 Queue file write error", Outcome.LATER, True),  # this content may cause it
        (b"421 4.7.0 Closing", Outcome.OUTAGE, True),
        (b"450 4.7.1 Error: too much mail from 192.0.2.7", Outcome.OUTAGE, False),
        (b"451 4.7.1 Rate limit exceeded, try again later", Outcome.OUTAGE, True),
        (b"452 4.5.3 Too many recipients", Outcome.OUTAGE, False),
        ("450 RP:QRC 发信频率过快".encode(), Outcome.OUTAGE, False),
        (
            b"450-4.2.1 The user you are trying to contact is receiving mail too quickly",
            Outcome.LATER,
            False,
        ),
        ("450 该用户收信过于频繁".encode(), Outcome.LATER, False),
        (b"450 4.7.1 Try again later", Outcome.LATER, False),
    ],
)
def test_a_passing_fault_of_the_server_is_told_from_one_of_the_mail(
    said: bytes, outcome: Outcome, content: bool
) -> None:
    answer = judged(Reply(int(said[:3]), said[4:]), content=content)
    assert answer.outcome is outcome


@pytest.mark.parametrize(
    ("said", "for_all"),
    [
        ("450 4.2.0 Greylisted, try again later", True),
        ("450 4.7.1 Try again later", True),
        ("451 Try again later", True),
        ("451 请稍后再试", True),
        ("450 4.7.1 Client host rejected: too many messages", True),
        ("450 4.1.1 unverified address", False),
        ("450 4.1.2 Domain not found", False),
        ("452 4.2.2 Mailbox full", False),
        ("450 4.2.0 Mailbox busy", False),
        ("450 该收件人暂时不能收信", False),
        ("450 4.4.1 Connection timed out", False),
    ],
)
def test_what_is_said_of_one_mailbox_is_not_meant_for_all(said: str, for_all: bool) -> None:
    assert may_hold_for_all(said) == for_all


@pytest.mark.parametrize("bulk", ["user ", "mailbox is ", "收件人", "sender ", "a@b.cn", "5.1.1 "])
def test_words_without_end_cost_no_time(bulk: str) -> None:
    assert isinstance(cause("", bulk * 20_000), object)
