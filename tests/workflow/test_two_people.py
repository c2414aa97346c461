"""Money and cancelled classes: one person proposes, another completes, either may cancel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from stories import AT, CLERK, COORDINATOR, FORM, WANG, ZHOU, Desk

from states.terms import Act, Action, Role, State
from workflow.accounts.enrolment import AddressTaken, Entry, enrol
from workflow.database import Database
from workflow.engine import situation
from workflow.people import add_person, find_actor, grant
from workflow.project.events import history
from workflow.tables import EVENT

pytestmark = pytest.mark.one_database

AMOUNT = {"amount": 4_800_000}
MONEY = (Action.SUBSIDISE, WANG, "2025-07-01")
SECOND = (Action.SUBSIDISE, ZHOU, "2025-07-02")
CANCEL = {"reason": "金额有误"}


def reported(desk: Desk) -> int:
    one = desk.admit()
    desk.live(one, "reported")
    return one


def subsidised(desk: Desk) -> int:
    one = desk.admit()
    desk.live(one)
    return one


def test_the_first_person_only_proposes(desk: Desk) -> None:
    one = reported(desk)
    mails = len(desk.show(one)["mail"])
    done = desk.do(one, *MONEY, **AMOUNT)
    assert (done.pending, done.state) == (True, State.REPORTED)
    shown = desk.show(one)
    assert shown["pending"] == {
        "deed": "subsidise",
        "by": "wang",
        "given": AMOUNT,
        "on": "2025-07-01",
    }
    assert ("amount" in shown, len(shown["mail"])) == (False, mails)
    assert desk.complaints() == []


def test_the_same_person_cannot_complete_it(desk: Desk) -> None:
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT)
    assert desk.refused(one, *MONEY, **AMOUNT) == ["second_person"]


def test_another_amount_is_refused_and_none_at_all(desk: Desk) -> None:
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT)
    assert desk.refused(one, *SECOND, amount=4_800_001) == ["second_person"]
    assert desk.refused(one, *SECOND) == ["form_complete", "second_person"]


def test_a_second_person_with_the_same_amount_completes_it(desk: Desk) -> None:
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT, document_number="闽人社〔2025〕9号")
    done = desk.do(one, *SECOND, **AMOUNT)
    assert (done.pending, done.state) == (False, State.SUBSIDISED)
    shown = desk.show(one)
    assert (shown["amount"], shown["document_number"]) == (4_800_000, "闽人社〔2025〕9号")
    assert ("pending" in shown, shown["mail"][-1]["event_seq"]) == (False, shown["version"])


def test_either_sides_of_proposal_and_then_it_begins_anew(desk: Desk) -> None:
    for who in (WANG, ZHOU):
        one = desk.admit(name=f"研修班{who.login}")
        desk.live(one, "reported")
        desk.do(one, *MONEY, **AMOUNT)
        desk.do(one, Act.CANCEL, who, "2025-07-02", **CANCEL)
        assert "pending" not in desk.show(one)
        assert desk.do(one, *SECOND, amount=4_000_000).pending


def test_the_host_cannot_cancel_what_the_province_proposes(desk: Desk) -> None:
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT)
    assert desk.refused(one, Act.CANCEL, CLERK, "2025-07-02", **CANCEL) == ["right_role"]


BACK = (Action.SEND_BACK, ZHOU, "2025-07-02")
ITEMS = {"items": "签到表", "mend_by": date(2025, 7, 20)}


def events(desk: Desk, one: int) -> list[tuple[str, str, str]]:
    """Deed, role and what was given of the last events."""
    with desk.db.read() as connection:
        query = select(EVENT.c.deed, EVENT.c.role, EVENT.c.given)
        rows = connection.execute(
            query.where(EVENT.c.project_id == one).order_by(EVENT.c.seq.desc()).limit(3)
        )
        return [(row.deed, row.role, row.given) for row in reversed(rows.all())]


def told_of_the_end(desk: Desk, one: int) -> set[tuple[str, str]]:
    """Role and address of each mail about a proposal that ended."""
    mails = [mail for mail in desk.show(one)["mail"] if mail["notice"] == "cancel"]
    return {(mail["to_role"], mail["to_email"]) for mail in mails}


def officers(desk: Desk) -> None:
    with desk.db.write() as connection:
        for actor in (WANG, ZHOU):
            person = add_person(connection, actor.login, actor.name, f"{actor.login}@example.cn")
            grant(connection, person, Role.PROVINCE, "")


BOTH_OFFICERS = {("province", "wang@example.cn"), ("province", "zhou@example.cn")}


def test_a_proposal_that_another_step_overtakes_ends_on_record_and_officials_are_told(
    desk: Desk,
) -> None:
    """A subsidy is proposed, then the report is sent back. The host hears of the latter alone."""
    officers(desk)
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT)
    desk.do(one, *BACK, **ITEMS)
    assert "pending" not in desk.show(one)
    ended = '{"overtaken_by":"send_back","proposal":"subsidise"}'
    assert [e[:2] for e in events(desk, one)] == [
        ("subsidise", "province"),
        ("cancel", "province"),
        ("send_back", "province"),
    ]
    assert events(desk, one)[1][2] == ended
    assert told_of_the_end(desk, one) == BOTH_OFFICERS
    with desk.db.read() as connection:
        facts, _, _, policy = situation(connection, desk.book, one)
        read = [
            [(e.deed, e.label.zh, [line[1].zh for line in e.said]) for e in found][-2:]
            for found in (
                history(connection, one, policy, facts.category, inside=inside)
                for inside in (True, False)
            )
        ]
    assert read[0][0] == ("cancel", "拟办因另有办理而终止", ["退回补正", "审定补助"])
    assert [deed for deed, *_ in read[1]] == ["report", "send_back"]
    assert desk.complaints() == []


def test_a_class_that_is_cancelled_and_then_filed_tells_host_and_province(desk: Desk) -> None:
    officers(desk)
    one = desk.admit()
    desk.live(one, "planned")
    desk.do(one, Action.WITHDRAW, CLERK, "2025-04-01", reason="台风")
    papers = ("opening_notice", "implementation_plan")
    done = desk.do(one, Action.FILE, CLERK, "2025-04-02", papers=papers)
    assert done.version == desk.show(one)["version"]
    assert events(desk, one)[1][:2] == ("cancel", "host")
    assert told_of_the_end(desk, one) == BOTH_OFFICERS | {("host", "lin@example.cn")}
    assert desk.complaints() == []


WITHDRAWN = (Action.WITHDRAW, CLERK, "2025-04-01")
BACK_TO = {"reason": "复核"}
OVERTAKEN: list[tuple[str, Any, Any]] = [
    ("planned", WITHDRAWN, (Act.POSTPONE, CLERK)),
    ("planned", WITHDRAWN, (Act.CONFIRM_DATES, CLERK)),
    ("planned", WITHDRAWN, (Act.CHANGE, CLERK)),
    ("planned", WITHDRAWN, (Act.TRANSFER, WANG)),
    ("filed", WITHDRAWN, (Action.SEND_BACK, WANG)),
    ("reported", MONEY, (Act.CORRECT, ZHOU)),
    ("subsidised", (Act.CORRECT, WANG, "2025-07-03"), (Action.REINSTATE, ZHOU)),
    ("subsidised", (Action.REINSTATE, WANG, "2025-07-03"), (Act.CORRECT, ZHOU)),
]
GIVEN: dict[Any, dict[str, Any]] = {
    Action.WITHDRAW: {"reason": "台风"},
    Action.SUBSIDISE: AMOUNT,
    Action.SEND_BACK: ITEMS,
    Action.REINSTATE: BACK_TO,
    Act.CORRECT: {"reason": "录入有误", "staff": 3},
    Act.POSTPONE: {"reason": "台风"},
    Act.CONFIRM_DATES: {"opens": date(2025, 5, 13), "ends": date(2025, 5, 16)},
    Act.CHANGE: {"reason": "x", "place": "厦门"},
    Act.TRANSFER: {"reason": "x", "host": "另一学院"},
}


@pytest.mark.parametrize(("state", "proposed", "overtaking"), OVERTAKEN)
def test_whatever_overtakes_a_proposal_ends_it_on_record(
    desk: Desk, state: str, proposed: Any, overtaking: Any
) -> None:
    """Every deed of two people, and every step or act that takes its ground away: also where the
    next one is a proposal itself."""
    one = desk.admit()
    desk.live(one, state)
    desk.do(one, *proposed, **GIVEN[proposed[0]])
    deed, by = overtaking
    desk.do(one, deed, by, "2025-07-04", **GIVEN[deed])
    assert [name for name, *_ in events(desk, one)] == [proposed[0], "cancel", deed]
    assert desk.show(one).get("pending", {}).get("deed") in (None, deed.value)
    assert desk.complaints() == []


@pytest.mark.parametrize(
    ("deed", "given"),
    [
        (Act.NOTE, {"person": "林老师", "channel": "phone", "said": "x"}),
        (Act.SUPPLY, {}),
        (Act.HAND_OVER, {"contact_name": "x", "contact_email": "x@example.cn"}),
    ],
)
def test_what_does_not_concern_a_proposal_leaves_it(desk: Desk, deed: Act, given: Any) -> None:
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT)
    by = CLERK if deed is Act.SUPPLY else WANG
    papers = ("subsidy_receipt",) if deed is Act.SUPPLY else ()
    desk.do(one, deed, by, "2025-07-02", papers=papers, **given)
    assert desk.show(one)["pending"]["deed"] == "subsidise"


def test_who_proposed_hears_when_the_other_side_ends_it(desk: Desk) -> None:
    """A host's proposal that the province cancels, or the other way round. Colleagues among
    themselves see it: no mail for each line of a batch that is taken back."""
    officers(desk)
    for by in (WANG, CLERK):
        one = desk.admit(name=f"研修班{by.login}")
        desk.live(one, "planned")
        desk.do(one, *WITHDRAWN, reason="台风")
        desk.do(one, Act.CANCEL, by, "2025-04-02", **CANCEL)
        assert told_of_the_end(desk, one) == BOTH_OFFICERS | {("host", "lin@example.cn")}
    two = reported(desk)
    desk.do(two, *MONEY, **AMOUNT)
    desk.do(two, Act.CANCEL, WANG, "2025-07-02", **CANCEL)
    assert told_of_the_end(desk, two) == set()


def test_a_planned_class_is_cancelled_by_host_and_province(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    reason = {"reason": "台风", "force_majeure": True}
    assert desk.do(one, Action.WITHDRAW, CLERK, "2025-04-01", **reason).pending
    assert desk.show(one)["state"] == "planned"
    again = desk.refused(one, Action.WITHDRAW, CLERK, "2025-04-02", **reason)
    assert again == ["right_role", "second_person"]
    coordinator = desk.refused(one, Action.WITHDRAW, COORDINATOR, "2025-04-02")
    assert coordinator == ["right_role"]
    assert desk.do(one, Action.WITHDRAW, WANG, "2025-04-02").state == State.WITHDRAWN
    shown = desk.show(one)
    assert (shown["force_majeure"], shown["state_label"].zh) == (True, "已取消办班")
    assert {stands for _, _, stands in desk.standing(one).values()} == {"lifted"}
    assert desk.complaints() == []


def test_the_host_takes_back_its_own_withdrawal(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    desk.do(one, Action.WITHDRAW, CLERK, "2025-04-01", reason="台风")
    desk.do(one, Act.CANCEL, CLERK, "2025-04-02", reason="已改期")
    assert desk.refused(one, Action.WITHDRAW, WANG, "2025-04-02") == ["right_role"]


def test_before_the_plan_the_host_withdraws_alone(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "reviewed")
    assert (
        desk.do(one, Action.WITHDRAW, CLERK, "2025-01-20", reason="另有安排").state == "withdrawn"
    )
    assert desk.show(one)["state_label"].zh == "已撤回申报"


def test_money_is_corrected_by_two(desk: Desk) -> None:
    one = subsidised(desk)
    fix = {"reason": "录入有误", "amount": 4_700_000, "staff": 3}
    assert desk.do(one, Act.CORRECT, WANG, "2025-07-03", **fix).pending
    assert desk.show(one)["amount"] == 4_800_000
    assert desk.refused(one, Act.CORRECT, ZHOU, "2025-07-04") == ["second_person"]
    desk.do(one, Act.CORRECT, ZHOU, "2025-07-04", amount=4_700_000)
    shown = desk.show(one)
    assert (shown["amount"], shown["staff"], shown["state"]) == (4_700_000, 3, "subsidised")
    assert desk.complaints() == []


def test_a_corrected_amount_stays_within_the_cap(desk: Desk) -> None:
    one = subsidised(desk)
    above = {"reason": "x", "amount": 5_000_001}
    assert desk.refused(one, Act.CORRECT, WANG, "2025-07-03", **above) == ["amount_within_cap"]


def test_a_subsidy_is_taken_back_by_two(desk: Desk) -> None:
    one = subsidised(desk)
    assert desk.do(one, Action.REINSTATE, WANG, "2025-08-01", reason="复核").pending
    done = desk.do(one, Action.REINSTATE, ZHOU, "2025-08-02")
    assert done.state == State.REPORTED
    assert "amount" not in desk.show(one)
    assert desk.complaints() == []


def test_one_address_belongs_to_one_person(db: Database) -> None:
    first = Entry("province1", "甲", Role.PROVINCE, "", "p1@example.cn", "")
    with db.write() as connection:
        assert enrol(connection, first, by="admin", at=AT) == (True, False)
    with pytest.raises(AddressTaken), db.write() as connection:
        enrol(connection, replace(first, login="second", email="P1@example.cn"), by="admin", at=AT)


def test_two_logins_of_one_mailbox_are_not_two_people(desk: Desk) -> None:
    """As an older version let them be: neither money nor a review passes for two hands."""
    with desk.db.write() as connection:
        for one in (WANG, ZHOU):
            add_person(connection, one.login, one.name, "Money@example.cn")
    one = reported(desk)
    desk.do(one, *MONEY, **AMOUNT)
    assert desk.refused(one, *SECOND, **AMOUNT) == ["second_person"]


def test_who_enters_and_then_reviews_is_flagged_not_stopped(desk: Desk) -> None:
    one, two = desk.admit(), desk.admit(name="另一班")
    for number, by, on_behalf in ((one, COORDINATOR, True), (two, CLERK, False)):
        desk.do(number, Action.SUBMIT, by, "2025-01-08", papers=FORM, on_behalf=on_behalf)
        desk.do(number, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="同意推荐")
    assert (desk.flags(one), desk.flags(two)) == ({"judged_by_another"}, set())
    assert desk.show(one)["state"] == "reviewed"


def test_a_login_is_found_before_an_address_of_the_same_words(db: Database) -> None:
    with db.write() as connection:
        add_person(connection, "other", "乙", "clerk@example.cn")
        add_person(connection, "clerk@example.cn", "甲", "")
    with db.read() as connection:
        found = find_actor(connection, "clerk@example.cn")
    assert found is not None and found.name == "甲"
