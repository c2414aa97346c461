"""The sweep: each step once, on a working day, to the right people, or silent with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from desk import WHOLE, Desk, day

from notifications.sweep import SweepResult
from states.terms import Act, Action, Kind, Role, State
from workflow.imports.plan_file import PlanFile

SECOND, SIXTH = "unit02@example.cn", "unit06@example.cn"
YEAR = ("2025-01-02", "2025-12-31")


def step_days(desk: Desk, **where: object) -> list[tuple[str, str]]:
    return [(on.isoformat(), step) for on, step in desk.ledger("on_date", "step", **where)]


def test_a_week_before_the_filing_date_its_host_is_reminded(desk: Desk) -> None:
    """R25-06a: opens 2025-03-31, so filing by 02-28; R25-07: opens 11-03, filing by 10-03."""
    assert desk.sample("2025-02-20").imported == 85
    desk.sweep("2025-02-20")
    desk.sweep("2025-02-21")
    wanted = ("recipient", "kind", "step", "status", "role", "due_on")
    assert desk.ledger(*wanted, on_date=day("2025-02-21"), project_id=2) == [
        (SECOND, "filing", "D-7", "queued", "host", day("2025-02-28"))
    ]
    assert desk.mails("to_email", on_date=day("2025-02-21")) == [SECOND]
    desk.sweep("2025-09-22")
    desk.sweep("2025-09-23")
    # Advised on 09-30, the last working day before the holiday in which 10-03 falls.
    assert desk.ledger(*wanted, on_date=day("2025-09-23"), project_id=6) == [
        (SIXTH, "filing", "D-7", "queued", "host", day("2025-10-03"))
    ]
    assert desk.problems() == []


def test_a_year_of_daily_sweeps_climbs_the_whole_ladder_on_working_days(desk: Desk) -> None:
    dates = {"opens_earliest": "2025-11-03", "opens_latest": "2025-11-03"}
    [project] = desk.plan(dates | {"planned_ends": "2025-11-06"})
    desk.sweep_daily(*YEAR)
    assert step_days(desk, kind="filing", recipient="a@example.cn") == [
        ("2025-08-29", "D-30"),  # 08-31 is a Sunday
        ("2025-09-16", "D-14"),
        ("2025-09-23", "D-7"),
        ("2025-09-26", "D-3"),  # 09-27 is a Saturday
        ("2025-09-29", "D-1"),
        ("2025-09-30", "D-0"),
        ("2025-10-09", "D+3"),  # D+1 falls in the holiday as well: the later of the two
        ("2025-10-10", "D+7"),
    ]
    assert set(desk.ledger("status", role="host")) == {"queued"}
    days = desk.ledger("on_date", project_id=project)
    assert [each for each in days if not desk.book.calendar.is_working(each)] == []


def test_a_second_sweep_adds_nothing(desk: Desk) -> None:
    desk.sample("2025-02-20")
    assert desk.sweep("2025-02-21").mails > 0
    before = desk.ledger("id", "status", "mail_id"), desk.mails("id")
    assert desk.sweep("2025-02-21") == SweepResult()
    assert (desk.ledger("id", "status", "mail_id"), desk.mails("id")) == before


def test_missed_sweeps_collapse_into_the_latest_step(desk: Desk) -> None:
    desk.plan({})  # filing by 2025-08-15
    desk.sweep("2025-08-01")
    desk.sweep("2025-08-14")
    assert desk.ledger("step", "status", "reason", kind="filing") == [
        ("D-30", "suppressed", "overtaken"),
        ("D-14", "queued", ""),
        ("D-7", "suppressed", "overtaken"),
        ("D-3", "suppressed", "overtaken"),
        ("D-1", "queued", ""),
    ]
    assert len(desk.mails("id")) == 2


def test_a_day_off_is_silent_and_the_next_working_day_catches_up(desk: Desk) -> None:
    desk.plan({})
    desk.sweep("2025-08-07")
    for off in ("2025-08-09", "2025-08-10"):  # a weekend
        assert desk.sweep(off) == SweepResult()
    assert desk.sweep("2025-08-11").mails == 1  # D-7 was on Friday the 8th
    assert desk.ledger("on_date", "step", "status")[-1] == (day("2025-08-08"), "D-7", "queued")
    assert desk.sweep("2025-09-28").mails == 1  # a Sunday that is worked


def test_a_plan_that_comes_late_mails_nothing_of_the_past_but_one_request(desk: Desk) -> None:
    desk.staff()
    desk.plan({}, today="2025-08-29")  # filing was due on 08-15, the ladder ended on 08-22
    assert desk.mails("id") == []
    desk.sweep("2025-08-29")
    rows = desk.ledger("role", "status", "reason", kind="filing")
    # Both steps overdue tell the coordinator too, the last the province.
    assert len(rows) == 8 + 2 + 1
    assert [row for row in rows if row[1] == "queued"] == [("host", "queued", "")]
    assert {row[2] for row in rows if row[1] == "suppressed"} == {"before_known"}
    assert desk.mails("to_email") == ["a@example.cn"]


def test_a_late_plan_is_told_once_and_urged_no_more(desk: Desk) -> None:
    desk.plan({}, today="2025-08-18")  # D+3 is that very day, D+7 still to come
    assert desk.sweep_daily("2025-08-18", "2025-08-29") == [day("2025-08-18")]
    told = desk.ledger("step", "role", kind="filing", status="queued")
    assert told == [("D+3", "host")]
    assert set(desk.ledger("reason", kind="filing")) == {"", "before_known"}


def test_a_late_plan_waits_for_an_address(desk: Desk) -> None:
    [project] = desk.plan({"contact_email": None}, today="2025-08-18")
    desk.sweep("2025-08-18")
    assert desk.mails("id") == []
    known = {"contact_name": "李七", "contact_email": "li@example.cn"}
    desk.do(project, Act.HAND_OVER, "2025-08-18", **known)
    desk.sweep_daily("2025-08-19", "2025-08-29")
    told = desk.ledger("step", "recipient", kind="filing", status="queued")
    assert told == [("D+7", "li@example.cn")]


def test_a_late_plan_made_in_the_system_says_so_in_its_own_mail(desk: Desk) -> None:
    [project] = desk.plan({"state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.PLAN, "2025-08-29", number=7)
    assert desk.sweep_daily("2025-08-29", "2025-09-02") == []
    assert set(desk.ledger("reason", kind="filing", status="suppressed")) == {"before_known"}
    assert desk.mails("notice") == ["plan"]


def test_a_late_plan_that_is_imported_for_a_reviewed_application_is_told(desk: Desk) -> None:
    desk.plan({"state": State.REVIEWED}, today="2025-01-10")
    row = replace(WHOLE, name="研修班1号")
    assert desk.apply(PlanFile(rows=[row]), "2025-08-29").changed == 1
    assert desk.sweep_daily("2025-08-29", "2025-09-02") == [day("2025-08-29")]


def test_nobody_is_asked_to_file_when_the_class_is_over_or_no_notice_asks(desk: Desk) -> None:
    desk.plan({}, today="2025-09-19")
    other = {"category": "engineering", "name": "另一班", "number": 2}
    desk.plan(other, today="2025-08-29")
    desk.sweep("2025-09-19")
    assert desk.ledger("id", kind="filing", status="queued") == []


def test_books_that_are_opened_in_mid_season_ask_for_no_late_filing(desk: Desk) -> None:
    desk.plan({}, {"state": State.FILED}, today="2025-08-29")
    assert desk.sweep("2025-08-29").reminders == 0


def test_a_date_confirmed_after_a_late_plan_is_not_overdue_either(desk: Desk) -> None:
    window = {"opens_earliest": "2025-09-11", "opens_latest": "2025-09-20", "planned_ends": None}
    [project] = desk.plan(window, today="2025-08-25")
    desk.move(project, "2025-08-26", "2025-09-15", "2025-09-18")  # filing by 08-15: had passed
    desk.sweep_daily("2025-08-26", "2025-09-12")
    assert set(desk.ledger("kind", status="queued")) == {"opening"}
    assert desk.deadlines("round", "standing", kind="filing") == [(1, "superseded"), (2, "open")]
    assert "before_known" in desk.ledger("reason", kind="filing", round=2)


def test_what_is_met_is_recorded_and_not_mailed(desk: Desk) -> None:
    [project] = desk.plan({})
    desk.sweep_daily("2025-07-16", "2025-08-01")
    desk.do(project, Action.FILE, "2025-08-04", by=Role.HOST)
    mailed = len(desk.mails("id"))
    desk.sweep_daily("2025-08-04", "2025-08-29")
    later = [row for row in desk.ledger("step", "reason", kind="filing") if row[0] != "D-30"]
    assert later[0] == ("D-14", "")
    assert {reason for _, reason in later[1:]} == {"met"}
    assert len(desk.mails("id")) == mailed
    assert desk.problems() == []


def test_a_moved_date_begins_a_new_round(desk: Desk) -> None:
    [project] = desk.plan({})
    desk.sweep_daily("2025-07-16", "2025-08-01")
    desk.move(project, "2025-08-04", "2025-10-20", "2025-10-23")  # filing by 09-20, a Saturday
    desk.sweep_daily("2025-08-04", "2025-08-22")
    assert {r for r in desk.ledger("round", "reason") if r[0] == 1} == {(1, ""), (1, "moved")}
    assert desk.ledger("step", "due_on", "status", round=2, kind="filing") == [
        ("D-30", day("2025-09-20"), "queued")
    ]


def test_a_date_that_returns_after_a_detour_is_announced_again(desk: Desk) -> None:
    [project] = desk.plan({})
    desk.sweep_daily("2025-08-01", "2025-08-08")
    desk.move(project, "2025-08-11", "2025-10-20", "2025-10-23")
    desk.move(project, "2025-08-12", "2025-09-15", "2025-09-18")
    desk.sweep_daily("2025-08-11", "2025-08-15")
    assert desk.deadlines("round", "due_on", "standing", kind="filing") == [
        (1, day("2025-08-15"), "superseded"),
        (2, day("2025-09-20"), "superseded"),
        (3, day("2025-08-15"), "open"),
    ]
    told = desk.ledger("round", "step", status="queued", kind="filing")
    # Each move is announced by a mail of its own, once; then the steps that are still to come.
    assert told == [(1, "D-14"), (1, "D-7"), *((3, f"D-{n}") for n in (3, 1, 0))]
    assert desk.mails("notice", purpose="result") == ["confirm_dates", "confirm_dates"]


def test_the_year_end_ladder_reaches_only_those_not_held(desk: Desk) -> None:
    """R25-04: every class is over by 11-30."""
    email = [{"contact_email": f"{name}@example.cn"} for name in ("held", "waits")]
    held, _ = desk.plan(*email)
    desk.hold(held, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.sweep_daily("2025-10-20", "2025-11-28")
    queued = desk.ledger("recipient", kind="completion", status="queued")
    # 11-30 is a Sunday, so that D-1 and D-0 fall on the Friday before and are one.
    assert Counter(queued) == {"waits@example.cn": 5}
    assert set(desk.ledger("reason", kind="completion", recipient="held@example.cn")) == {"met"}


def test_no_report_is_asked_for_before_the_class_is_recorded(desk: Desk) -> None:
    """R25-20: a month after the last day, 09-18, that is 10-18, a Saturday, so 10-20."""
    [project] = desk.plan({})
    desk.sweep_daily("2025-09-01", "2025-10-10")
    assert desk.ledger("id", kind="reimbursement") == []
    desk.hold(project, "2025-10-11", "2025-09-15", "2025-09-18")
    desk.sweep_daily("2025-10-11", "2025-10-20")
    rows = desk.ledger("step", "due_on", kind="reimbursement", status="queued")
    due = day("2025-10-20")
    # Advised on Friday the 17th; D-7 was the day before the class was recorded.
    assert rows == [("D-7", due), ("D-3", due), ("D-1", due), ("D-0", due)]


def test_a_planned_end_that_passes_unrecorded_asks_the_host_to_record(desk: Desk) -> None:
    desk.staff()
    desk.plan({})  # ends on 2025-09-18
    desk.sweep_daily("2025-09-15", "2025-10-10")
    assert desk.ledger("step", "on_date", "recipient", kind="recording") == [
        ("D+1", day("2025-09-19"), "a@example.cn"),
        ("D+7", day("2025-09-25"), "a@example.cn"),
        ("D+14", day("2025-10-09"), "a@example.cn"),
        ("D+14", day("2025-10-09"), "coordinator@example.cn"),
    ]


def test_a_host_without_address_leaves_a_row_and_no_mail(desk: Desk) -> None:
    desk.plan({"contact_email": None})
    desk.sweep("2025-08-08")
    assert desk.ledger("recipient", "status", "reason")[-1] == (
        *("(host)", "suppressed", "no_address"),
    )
    assert desk.mails("id") == []


def test_overdue_steps_tell_the_coordinator_and_then_the_province(desk: Desk) -> None:
    desk.staff()
    thursday = "2025-09-11"  # filing by 08-11
    desk.plan({"opens_earliest": thursday, "opens_latest": thursday})
    desk.sweep_daily("2025-08-11", "2025-08-18")
    told = [(step, to.partition("@")[0]) for step, to in desk.ledger("step", "recipient")]
    assert [row for row in told if row[0].startswith("D+")] == [
        *(("D+1", "a"), ("D+1", "coordinator")),
        *(("D+3", "a"), ("D+3", "coordinator")),
        *(("D+7", "a"), ("D+7", "coordinator"), ("D+7", "province")),
    ]


def test_a_mail_to_the_coordinator_waits_for_a_real_delay(desk: Desk) -> None:
    desk.plan({})  # nobody is coordinator of 省林业局
    desk.sweep("2025-08-18")
    assert ("coordinator", "(coordinator)", "no_address") in desk.ledger(
        "role", "recipient", "reason"
    )


def test_windows_file_from_their_first_day_provisionally(desk: Desk) -> None:
    """9月中旬: filing a month before 09-11."""
    window = {"schedule_text": "9月中旬", "opens_earliest": "2025-09-11"}
    desk.plan(window | {"opens_latest": "2025-09-20", "planned_ends": None})
    assert desk.deadlines("due_on", "provisional", kind="filing") == [(day("2025-08-11"), True)]
    desk.sweep("2025-08-04")
    assert desk.ledger("step", "status", kind="filing")[-1] == ("D-7", "queued")


def test_what_is_sent_back_has_a_ladder_of_its_own(desk: Desk) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    by = {"items": "实施方案缺页", "mend_by": "2025-08-12"}
    desk.do(project, Action.SEND_BACK, "2025-08-04", **by)
    desk.sweep_daily("2025-08-04", "2025-08-12")
    desk.do(project, Action.FILE, "2025-08-13", by=Role.HOST)
    desk.sweep_daily("2025-08-13", "2025-08-20")
    assert desk.ledger("step", "on_date", "reason", kind=Kind.MENDING.value, role="host") == [
        ("D-7", day("2025-08-05"), ""),
        ("D-3", day("2025-08-08"), ""),  # 08-09 is a Saturday
        ("D-1", day("2025-08-11"), ""),
        ("D-0", day("2025-08-12"), ""),
        ("D+1", day("2025-08-13"), "met"),
        ("D+3", day("2025-08-15"), "met"),
        ("D+7", day("2025-08-19"), "met"),
    ]


def test_a_date_told_by_what_was_sent_back_is_not_told_again_that_day(desk: Desk) -> None:
    [project] = desk.plan({"office_email": "office@example.cn"})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    by = {"items": "实施方案缺页", "mend_by": "2025-08-07"}
    desk.do(project, Action.SEND_BACK, "2025-08-04", **by)  # D-3 is that very day
    desk.sweep_daily("2025-08-04", "2025-08-06")
    steps = desk.ledger("step", "reason", kind="mending", recipient="a@example.cn")
    assert steps == [("D-7", "overtaken"), ("D-3", "told_already"), ("D-1", "")]
    assert desk.ledger("reason", kind="mending", step="D-3") == ["told_already"] * 2


def test_who_did_not_get_the_mail_that_sent_it_back_is_reminded(desk: Desk) -> None:
    [project] = desk.plan({"contact_email": None})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.PROVINCE, on_behalf=True)
    by = {"items": "实施方案缺页", "mend_by": "2025-08-07"}
    desk.do(project, Action.SEND_BACK, "2025-08-04", **by)
    desk.do(project, Act.HAND_OVER, "2025-08-04", contact_name="李七", contact_email="b@example.cn")
    desk.sweep("2025-08-04")
    steps = desk.ledger("step", "reason", kind="mending", recipient="b@example.cn")
    assert steps == [("D-7", "overtaken"), ("D-3", "")]


def test_no_step_is_lost_between_change_and_sweep(desk: Desk) -> None:
    [project] = desk.plan({})
    last = day("2025-07-16") - timedelta(days=1)
    desk.sweep(last)
    desk.do(project, Act.CHANGE, "2025-07-16", by=Role.HOST, reason="场地", place="厦门")
    desk.sweep("2025-07-16")
    assert desk.ledger("step", "round", "status", kind="filing") == [("D-30", 1, "queued")]


def test_a_window_is_not_overdue_before_its_last_opening_could_be(desk: Desk) -> None:
    window = {"opens_earliest": "2025-09-11", "opens_latest": "2025-09-20", "planned_ends": None}
    desk.plan(window | {"schedule_text": "9月中旬"})
    desk.sweep_daily(*YEAR)
    steps = dict(day[::-1] for day in step_days(desk, kind="filing", recipient="a@example.cn"))
    assert steps["D-0"] == "2025-08-11"  # of the earliest opening
    assert steps["D+1"] == "2025-08-21"  # of the latest, due on 08-20


def test_the_plan_is_not_asked_for_once_the_class_should_be_over(desk: Desk) -> None:
    desk.plan({"opens_earliest": "2025-08-18", "opens_latest": "2025-08-18"} | ENDED)
    desk.sweep_daily("2025-07-18", "2025-07-31")
    assert desk.ledger("step", "reason", kind="filing", role="host")[-2:] == [
        ("D+3", "class_over"),
        ("D+7", "class_over"),
    ]


ENDED = {"planned_ends": "2025-07-19"}  # no real plan, but the calculus takes it as it is


def test_what_no_notice_asks_for_is_never_urged(desk: Desk) -> None:
    desk.plan({"category": "engineering"})
    desk.sweep_daily(*YEAR)
    steps = [step for _, step in step_days(desk, kind="filing", recipient="a@example.cn")]
    assert steps == ["D-30", "D-14"]  # advice is given twice
