"""Mails about a decision say what was decided and why; no mail shows another host's affairs."""

from __future__ import annotations

from base64 import b64decode
from email import message_from_bytes
from pathlib import Path

import pytest
from desk import Desk, HandClock, morning

from notifications.mailbox import Mailbox, read_mail, read_mailbox
from notifications.sending.delivery import DeliveryResult
from states.terms import Action, Role, State

pytestmark = pytest.mark.one_database


def sent_on(desk: Desk, mailbox: Mailbox, on: str) -> list[str]:
    """All texts in the mailbox after a delivery on that day, oldest first."""
    clock = HandClock(morning(on))
    clock.forward(minutes=5)
    assert desk.delivery(mailbox.port, clock).run().failed == 0
    return [read_mail(mailbox.folder, mail.key) for mail in read_mailbox(mailbox.folder)]


def last(desk: Desk, mailbox: Mailbox, on: str) -> str:
    return sent_on(desk, mailbox, on)[-1]


def test_a_plan_names_number_and_document(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({"state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.PLAN, "2025-02-10", number=7, document_number="闽人社办〔2025〕9号")
    text = last(desk, mailbox, "2025-02-10")
    assert "Subject: 【列入计划】“研修班1号”已列入年度计划" in text
    assert "To: 张三 <a@example.cn>" in text
    for said in ("计划序号：7", "文号：闽人社办〔2025〕9号", "承办单位：甲单位"):
        assert said in text


def test_what_is_sent_back_names_items_and_date(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    by = {"items": "实施方案缺第3页；开班通知未盖章", "mend_by": "2025-08-12"}
    desk.do(project, Action.SEND_BACK, "2025-08-04", **by)
    text = last(desk, mailbox, "2025-08-04")
    assert "Subject: 【退回补正】“研修班1号”已退回，请补正后重新报送" in text
    assert "实施方案缺第3页；开班通知未盖章" in text
    assert "补正期限：2025年8月12日（周二）" in text


def test_a_refusal_names_stage_reason_text_and_clause(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.REJECT, "2025-12-05", code="not_carried_out", text="全年未办班")
    text = last(desk, mailbox, "2025-12-05")
    assert "Subject: 【未按计划完成】“研修班1号”审核结果通知" in text
    for said in ("理由：未按计划办班", "说明：全年未办班", "第三部分第3段（R25-21）"):
        assert said in text.replace("，", "").replace(" ", "")
    assert "系统推定" not in text


def test_a_refusal_by_the_notices_own_words_names_its_clause_alone(
    desk: Desk, mailbox: Mailbox
) -> None:
    """R25-21: no subsidy where papers due after the class did not come as required."""
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.do(project, Action.REJECT, "2025-12-05", code="missing_papers", text="至今未报")
    text = last(desk, mailbox, "2025-12-05")
    assert "第三部分第3段（R25-21）" in text
    assert "系统推定" not in text


def test_a_subsidy_names_the_amount_once_two_people_agree(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.do(project, Action.REPORT, "2025-09-26", by=Role.HOST)
    amount = 4_550_000
    assert desk.do(project, Action.SUBSIDISE, "2025-10-09", login="p1", amount=amount).pending
    told = len(sent_on(desk, mailbox, "2025-10-09"))  # the receipts, not the proposal
    assert told == len(desk.mails("id")) == 3
    desk.do(project, Action.SUBSIDISE, "2025-10-10", login="p2", amount=amount)
    text = last(desk, mailbox, "2025-10-10")
    assert "Subject: 【补助审定】“研修班1号”经费审定结果通知" in text
    assert "补助金额：45,500元" in text


def test_a_confirmed_withdrawal_names_the_hosts_reason(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.WITHDRAW, "2025-08-01", by=Role.HOST, reason="台风毁坏场地")
    desk.do(project, Action.WITHDRAW, "2025-08-04")
    text = last(desk, mailbox, "2025-08-04")
    assert "【取消办班】" in text
    assert "事由：台风毁坏场地" in text


def test_a_host_without_address_has_the_result_on_record(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({"contact_email": None})
    desk.do(project, Action.REJECT, "2025-12-05", code="not_carried_out", text="未办班")
    assert desk.mails("purpose", "status", "reason") == [("result", "suppressed", "no_address")]
    assert sent_on(desk, mailbox, "2025-12-05") == []


def test_nobody_is_told_the_affairs_of_another_host(desk: Desk, mailbox: Mailbox) -> None:
    desk.staff()
    letters = "ABCDEFGH"
    desk.plan(
        *(
            {
                "name": f"选题{one}研修班",
                "host": f"单位{one}",
                "contact_email": f"{one.lower()}@example.cn",
                "contact_name": f"联系人{one}",
                "place": f"地点{one}",
            }
            for one in letters
        )
    )
    for on in ("2025-08-08", "2025-08-18"):
        desk.sweep(on)
        sent_on(desk, mailbox, on)
    for one in letters:
        own = raws(mailbox.folder, f"{one.lower()}@example.cn")
        assert len(own) == 2
        for other in set(letters) - {one}:
            for mark in (f"选题{other}", f"单位{other}", f"联系人{other}", f"地点{other}"):
                assert not any(mark in text for text in own)
        assert all(f"选题{one}" in text for text in own)
    assert desk.delivery(mailbox.port, HandClock(morning("2025-08-19"))).run() == DeliveryResult()


def raws(folder: Path, to: str) -> list[str]:
    """Headers and both parts of every mail to this address, decoded."""
    found = []
    for mail in read_mailbox(folder):
        if mail.to == to:
            message = message_from_bytes((folder / "new" / mail.key).read_bytes())
            parts = [b64decode(part.get_payload()).decode() for part in message.get_payload()]
            found.append("\n".join([mail.subject, read_mail(folder, mail.key), *parts]))
    return found


def test_a_cancelled_class_that_is_filed_after_all_says_that_nobody_confirms_it(
    desk: Desk, mailbox: Mailbox
) -> None:
    """Proposed by the host, overtaken by its own step: host and province read the same."""
    [project] = desk.plan({})
    desk.person("p2@example.cn", (Role.PROVINCE, ""))
    asked = desk.do(project, Action.WITHDRAW, "2025-08-01", by=Role.HOST, reason="讲师变动")
    assert asked.pending
    desk.do(project, Action.FILE, "2025-08-04", by=Role.HOST)
    texts = sent_on(desk, mailbox, "2025-08-04")
    ended = [text for text in texts if "拟办终止" in text]
    to = {line for text in ended for line in text.splitlines() if line.startswith("To: ")}
    assert to == {"To: 张三 <a@example.cn>", "To: 李四 <p2@example.cn>"}
    for text in ended:
        assert "“研修班1号”取消办班的拟办事项已终止" in text
        said = text.replace("\n", "")
        assert "取消办班的拟办事项因已另行办理（报送开班通知和实施方案）而终止" in said
        assert "提出日期：2025年8月1日（周五）" in text
