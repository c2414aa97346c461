"""Calendar files, read back by two libraries and by hand."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.calendars.ics import Entry, feed_ics, feed_person, feed_token, reminder_ics, uid
from notifications.letters.printing import one_line

STAMP = datetime(2025, 2, 21, 8, 30, tzinfo=timezone(timedelta(hours=8)))
FILING = Entry(
    uid_key="project:2:filing",
    sequence=0,
    title="报送实施方案：新能源电池安全关键技术高级研修班",
    day=date(2025, 2, 28),
    description="请报送：实施方案\n依据：闽人社文〔2025〕1号，第五条",
    url="https://yanxiu.example.cn/projects/2?from=ics",
    status="confirmed",
    alarm_days=3,
    stamp=STAMP,
)
REPORT = replace(FILING, uid_key="project:2:reimbursement", day=date(2025, 5, 6), alarm_days=None)
SECRET = bytes(range(32))
OFFICE = '"省厅 "甲;乙", 丙:丁" <office@example.cn>'

GOLDEN = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//yanxiu//deadlines//ZH
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
SUMMARY:{FILING.title}
DTSTART;VALUE=DATE:20250228
DTEND;VALUE=DATE:20250301
DTSTAMP:20250221T003000Z
UID:{uid("project:2:filing")}
SEQUENCE:0
DESCRIPTION:请报送：实施方案\\n依据：闽人社文〔2025〕1号，第五条
STATUS:CONFIRMED
TRANSP:TRANSPARENT
ORGANIZER;CN="省厅 '甲;乙', 丙:丁":mailto:office@example.cn
URL:https://yanxiu.example.cn/projects/2?from=ics
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:{FILING.title}
TRIGGER:-P2DT15H30M
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def events(raw: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(raw).walk("VEVENT"))


def seen_by_vobject(raw: bytes) -> Any:
    return vobject.readOne(raw.decode())


def lines(raw: bytes) -> list[bytes]:
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    return raw.split(b"\r\n")[:-1]


def test_the_bytes_are_those_of_rfc_5545() -> None:
    """The alarm rings at 08:30, three days before."""
    raw = reminder_ics([FILING], organizer=OFFICE)
    assert max(map(len, lines(raw))) <= 75
    assert raw.replace(b"\r\n ", b"").decode().replace("\r\n", "\n") == GOLDEN


def test_long_lines_fold_at_75_octets_between_characters() -> None:
    raw = feed_ics(
        [replace(FILING, title="研修班😀" * 60, description="长" * 500)], name="期限" * 40
    )
    assert max(map(len, lines(raw))) <= 75
    for line in lines(raw):
        line.decode("utf-8")  # no character is split


def test_two_libraries_read_the_same() -> None:
    raw = reminder_ics([REPORT, FILING], organizer=OFFICE)
    first, second = events(raw)
    one, two = seen_by_vobject(raw).vevent_list
    for event, seen, entry in ((first, one, FILING), (second, two, REPORT)):
        assert event["uid"] == seen.uid.value == uid(entry.uid_key)
        assert event["summary"] == seen.summary.value == entry.title
        assert event["description"] == seen.description.value == entry.description
        assert event.start == seen.dtstart.value == entry.day
        assert event.end == seen.dtend.value == entry.day + timedelta(days=1)
        assert event["dtstamp"].dt == seen.dtstamp.value == STAMP
        assert event["status"] == seen.status.value == "CONFIRMED"
        assert event["url"] == seen.url.value == entry.url
        assert event["transp"] == "TRANSPARENT"
    assert one.valarm.trigger.value == timedelta(hours=8, minutes=30) - timedelta(days=3)
    assert not hasattr(two, "valarm")


def test_an_alarm_of_no_days_rings_on_the_morning_itself() -> None:
    seen = seen_by_vobject(reminder_ics([replace(FILING, alarm_days=0)], organizer=OFFICE))
    assert seen.vevent.valarm.trigger.value == timedelta(hours=8, minutes=30)


def test_a_moved_date_and_a_cancellation_keep_the_uid() -> None:
    moved = replace(FILING, sequence=1, day=date(2025, 3, 7), status="tentative")
    cancelled = replace(moved, sequence=2, status="cancelled")
    files = [reminder_ics([entry], organizer=OFFICE) for entry in (FILING, moved, cancelled)]
    found = [events(raw)[0] for raw in files]
    assert len({event["uid"] for event in found}) == 1
    assert [event["sequence"] for event in found] == [0, 1, 2]
    assert [event["status"] for event in found] == ["CONFIRMED", "TENTATIVE", "CANCELLED"]
    assert [event.start.isoformat() for event in found] == [
        "2025-02-28",
        "2025-03-07",
        "2025-03-07",
    ]
    assert [seen_by_vobject(raw).method.value for raw in files] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert b"VALARM" not in files[2]


def test_among_standing_entries_a_cancelled_one_is_published_as_such() -> None:
    raw = reminder_ics([FILING, replace(REPORT, status="cancelled")], organizer=OFFICE)
    assert seen_by_vobject(raw).method.value == "PUBLISH"
    assert [event["status"] for event in events(raw)] == ["CONFIRMED", "CANCELLED"]


def test_of_several_versions_the_latest_counts() -> None:
    moved = replace(FILING, sequence=1, day=date(2025, 3, 7))
    one = reminder_ics([moved], organizer=OFFICE)
    assert reminder_ics([moved, FILING], organizer=OFFICE) == one
    assert reminder_ics([FILING, moved], organizer=OFFICE) == one


@pytest.mark.parametrize("status", ["confirmed", "cancelled"])
def test_an_attached_file_names_its_organizer_and_asks_nobody_to_answer(status: Any) -> None:
    """RFC 5546: one ORGANIZER in PUBLISH and CANCEL; no attendee, so no answer is asked for."""
    for written, shown in (
        (OFFICE, {"CN": ["省厅 '甲;乙', 丙:丁"]}),
        ("office@example.cn", {}),
    ):
        raw = reminder_ics([replace(FILING, status=status)], organizer=written)
        [event] = events(raw)
        assert str(event["organizer"]) == "mailto:office@example.cn"
        assert dict(event["organizer"].params) == {name: only for name, (only,) in shown.items()}
        seen = seen_by_vobject(raw).vevent
        assert (seen.organizer.value, seen.organizer.params) == (str(event["organizer"]), shown)
        assert b"ATTENDEE" not in raw and b"RSVP" not in raw


def test_a_feed_is_no_message_and_has_no_organizer() -> None:
    raw = feed_ics([FILING], name="研修期限")
    assert b"METHOD" not in raw and b"ORGANIZER" not in raw


def test_a_feed_has_a_name_and_says_how_often_to_ask() -> None:
    raw = feed_ics([FILING, replace(REPORT, status="cancelled")], name="研修期限，我的项目")
    assert feed_ics([replace(REPORT, status="cancelled"), FILING], name="研修期限，我的项目") == raw
    seen = seen_by_vobject(raw)
    assert seen.x_wr_calname.value == "研修期限，我的项目"
    assert lines(raw)[4:9] == [
        "NAME:研修期限，我的项目".encode(),
        "X-WR-CALNAME:研修期限，我的项目".encode(),
        b"REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        b"X-PUBLISHED-TTL:PT6H",
        b"X-WR-TIMEZONE:Asia/Shanghai",
    ]
    assert [event["status"] for event in events(raw)] == ["CONFIRMED", "CANCELLED"]


def test_a_feed_may_be_empty() -> None:
    assert events(feed_ics([], name="研修期限")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"stamp": datetime(2025, 2, 21, 8, 30)},  # noqa: DTZ001 - naive is the point
        {"sequence": -1},
        {"alarm_days": -1},
        {"url": "https://a.example/\r\nATTACH:x"},
        {"url": "javascript:alert(1)"},
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"time zone|count from 0|URL"):
        feed_ics([replace(FILING, **change)], name="x")


def test_files_that_no_calendar_could_use_are_refused() -> None:
    with pytest.raises(ValueError, match="needs an entry"):
        reminder_ics([], organizer=OFFICE)
    with pytest.raises(ValueError, match="not an address"):
        reminder_ics([FILING], organizer="office@example.cn\r\nATTACH:x")


HARD = st.text(
    st.sampled_from("甲乙,;:\\\"'\n\r\t\u2028\x00\x1b😀é n^BEGIN:VEVENT") | st.characters()
)


@settings(deadline=None)
@given(title=HARD, description=HARD, name=HARD)
def test_any_text_comes_back_and_adds_no_line(title: str, description: str, name: str) -> None:
    raw = feed_ics([replace(FILING, title=title, description=description)], name=name)
    assert max(map(len, lines(raw))) <= 75
    (event,) = events(raw)
    seen = seen_by_vobject(raw)
    told = "\n".join(one_line(line) for line in description.splitlines())
    assert event["summary"] == seen.vevent.summary.value == one_line(title)
    assert event["description"] == seen.vevent.description.value == told
    assert seen.x_wr_calname.value == one_line(name)
    assert len(event.subcomponents) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(0, 10**9))
def test_a_token_names_its_person_and_generation(person: str, generation: int) -> None:
    token = feed_token(SECRET, person, generation)
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}", token)
    assert feed_person(SECRET, token) == (person, generation)
    assert feed_person(bytes(32), token) is None


def test_a_changed_token_is_nobodys() -> None:
    token = feed_token(SECRET, "17", 1)
    for place in range(len(token)):
        for other in "AB_-.=é\x00":
            changed = token[:place] + other + token[place + 1 :]
            assert feed_person(SECRET, changed) == (("17", 1) if changed == token else None)
    assert feed_person(SECRET, token + "=") is None
    assert feed_person(SECRET, " " + token) is None
    assert feed_person(SECRET, token[:-1]) is None


@given(st.text(max_size=80) | st.text("09:AZaz._-=", max_size=2000))
def test_no_other_text_is_a_token(text: str) -> None:
    assert feed_person(SECRET, text) is None


def test_a_new_generation_is_another_token() -> None:
    assert feed_token(SECRET, "17", 1) != feed_token(SECRET, "17", 2)


def test_a_weak_secret_or_a_negative_generation_signs_nothing() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        feed_token(b"short", "17", 1)
    with pytest.raises(ValueError, match="from 0"):
        feed_token(SECRET, "17", -1)


def test_stamps_are_told_in_utc() -> None:
    assert events(reminder_ics([FILING], organizer=OFFICE))[0]["dtstamp"].dt == STAMP.astimezone(
        UTC
    )
