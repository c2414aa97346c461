"""Wordings that the office edits: checked when saved, harmless when hostile, never a lost mail."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

import pytest
from desk import Desk
from test_letters import LETTER, NOTICE
from test_result_mails import last

from notifications.letters import office_wording
from notifications.letters.notice_letter import render_notice
from notifications.letters.notices import NAMES, NOTICES, Family
from notifications.letters.office_wording import Shelf
from notifications.letters.reminder_letter import render_reminder
from notifications.letters.wording import Wording, Wordings, resolved, shipped
from notifications.letters.wording_check import BadWording, check
from notifications.mailbox import Mailbox
from states.terms import Action, State

AT = datetime(2025, 2, 21, 1, tzinfo=UTC)
HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ name.__class__.__mro__ }}",
    "{{ name['__class__'] }}",
    "{{ name|attr('__class__') }}",
    "{% for x in range(10**9) %}a{% endfor %}",
    "{% for a in name %}{% for b in name %}{% for c in name %}x{% endfor %}{% endfor %}{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9**9**9 }}",
    "{{ 'a'.rjust(1000000000) }}",
    "{{ name|center(1000000000) }}",
    "{{ '%1000000000s'|format(1) }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{{ name|map('upper')|list }}",
    "{{ range(5) }}",
    "{{ lipsum() }}",
    "{{ cycler('a') }}",
    "{{ self._TemplateReference__context }}",
    "{% set x = 1 %}{{ x }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include 'base.html.j2' %}",
    "{% import 'base.html.j2' as b %}",
    "{% extends 'base.html.j2' %}",
    "{% block a %}{% endblock %}",
    "{% raw %}{{ x }}{% endraw %}{{ [1][0] }}",
    "{{ {'a': 1}.a }}",
    "{{ name + name }}",
    "{{ name % name }}",
    "{% if name is sameas name %}a{% endif %}",
    "{% filter upper %}a{% endfilter %}",
    "{% autoescape true %}a{% endautoescape %}",
    "{% do name %}",
    "{{ (" * 500 + "name" + ") }}" * 500,
    "{{ self }}",
    *(f"{{{{ {'not ' * n}name }}}}" for n in (30, 100, 300, 900)),
    *(f"{{{{ name{'|trim' * n} }}}}" for n in (30, 100, 300, 750)),
    *(f"{{{{ name{' and name' * n} }}}}" for n in (30, 200, 400)),
    *("{% if name %}" * n + "a" + "{% endif %}" * n for n in (30, 100, 150)),
    *(f"{{{{ {'[' * n}{']' * n} }}}}" for n in (30, 100, 1900)),
    *(f"{{{{ {'1 if name else ' * n}1 }}}}" for n in (30, 100, 250)),
]


# What a sentence may well have.
HARMLESS = [
    "{{ name|trim|lower|upper|title }}",
    "班{% if not (name and host) or deed == 'a' %}{% if left %}{{ left }}{% endif %}{% endif %}",
    "班{% if name == 1 %}a" + "{% elif name == 2 %}b" * 100 + "{% endif %}",
    "{{ name ~ ' ' ~ left ~ host ~ deed ~ name ~ name ~ name ~ name ~ name ~ name }}",
]


@pytest.mark.parametrize("template", HARMLESS)
def test_a_long_sentence_is_no_deep_one(template: str) -> None:
    check("filing", "zh", "", template)


@pytest.mark.parametrize("template", HOSTILE)
@pytest.mark.parametrize("part", ["subject", "lead"])
def test_a_hostile_wording_is_refused_at_once(template: str, part: str) -> None:
    texts = (template, "") if part == "subject" else ("", template)
    started = perf_counter()
    with pytest.raises(BadWording):
        check("filing", "zh", *texts)
    assert perf_counter() - started < 1


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ naem }}", "名称“naem”不存在。可用：name 项目名称；host 承办单位"),
        ("{% if naem %}a{% endif %}b", "名称“naem”不存在"),
        ("{{ name", "第1行写法有误"),
        ("a\n{% if name %}", "第2行写法有误"),
        ("{% for x in name %}{% endfor %}", "不能使用 {% for %}"),
        ("{{ name.upper() }}", "不能使用 "),
        ("{{ name|replace('a', 'b') }}", "不能使用 |replace"),
        ("{% if watching %}a{% endif %}", "某种情况下是空的"),
        ("   ", "某种情况下是空的"),
        ("班" * 121, "超过120字"),
        ("班" * 4001, "过长"),
        ("{% if name > 3 %}a{% endif %}", "时出错"),
    ],
)
def test_what_is_wrong_is_said_when_it_is_saved(template: str, said: str) -> None:
    with pytest.raises(BadWording) as refused:
        check("filing", "zh", template, "")
    assert said in refused.value.text.zh
    assert "\n" not in refused.value.text.zh
    assert refused.value.text.en


def test_every_name_of_every_family_can_be_used() -> None:
    for key, kind in NOTICES.items():
        for name in NAMES[kind.family]:
            check(key, "zh", "", f"甲{{% if {name} %}}{{{{ {name} }}}}{{% endif %}}")


def test_a_name_of_another_family_is_unknown() -> None:
    with pytest.raises(BadWording, match="unknown name “deed”"):
        check("plan", "zh", "{{ name }}{{ deed }}", "")
    with pytest.raises(BadWording, match="unknown name “amount”"):
        check("filing", "zh", "{{ name }}{{ amount }}", "")


@pytest.mark.parametrize("template", HOSTILE)
def test_what_slipped_past_the_check_is_still_harmless(template: str) -> None:
    words = Wordings({("send_back", "zh"): Wording(template, template, 2)})
    started = perf_counter()
    assert render_notice(NOTICE, words) == render_notice(NOTICE)
    assert perf_counter() - started < 1
    assert words.failures != []


OWN = Wording("【提醒】{{ whose }}“{{ name }}”{{ left }}", "请看：{{ deed|upper }}。", 3)


def test_an_office_wording_takes_the_place_of_the_shipped_one() -> None:
    words = Wordings({("filing", "zh"): OWN})
    rendered = render_reminder(LETTER, words)
    assert rendered.subject == "【提醒】“数字经济高级研修班”还有7天"
    assert "您好！请看：报送开班通知和实施方案。\n" in rendered.text
    assert "请看：报送开班通知和实施方案。" in rendered.html
    assert words.failures == []


def test_the_nearest_wording_holds() -> None:
    general = Wording("通用“{{ name }}”", "")
    words = Wordings({("reminder", "zh"): general, ("filing", "zh"): OWN})
    assert render_reminder(LETTER, words).subject.startswith("【提醒】")
    words = Wordings({("reminder", "zh"): general})
    rendered = render_reminder(LETTER, words)
    assert rendered.subject == "通用“数字经济高级研修班”"
    assert (
        "，请于2025年2月28日（周五）前报送开班通知和实施方案，还有7天。" in rendered.text
    )  # lead: shipped
    held = resolved({("reminder", "zh"): general}, "filing", "zh")
    assert (held.subject, held.lead) == ("通用“{{ name }}”", shipped("zh")["reminder"].lead)
    assert resolved({}, "reminder", "en") == shipped("en")["reminder"]


@pytest.mark.parametrize("bad", ["{{ gone }}", "{{ name", "{% if watching %}a{% endif %}"])
def test_a_wording_that_fails_is_passed_over_and_said_to_be(bad: str) -> None:
    words = Wordings({("send_back", "zh"): Wording(bad, bad, 2)})
    assert render_notice(NOTICE, words) == render_notice(NOTICE)
    [failure, *_] = words.failures
    assert (failure.notice, failure.language, failure.version) == ("send_back", "zh", 2)


def test_markup_in_a_wording_is_text() -> None:
    words = Wordings({("filing", "zh"): Wording("<b>x</b>\r\nBcc: a@b.c", "<script>x</script>")})
    rendered = render_reminder(LETTER, words)
    assert rendered.subject == "<b>x</b> Bcc: a@b.c"
    assert "<script" not in rendered.html
    assert "&lt;script&gt;" in rendered.html


def test_versions_are_kept_and_the_newest_holds(desk: Desk) -> None:
    shelf = Shelf()
    with desk.db.write() as connection:
        assert shelf.wordings(connection).office == {}
        for n, texts in enumerate([("一", "甲"), ("二", "乙"), ("", "")], start=1):
            saved = office_wording.save(connection, "plan", "zh", texts, by="p1", at=AT)
            assert saved == n
            assert shelf.wordings(connection).office == {("plan", "zh"): Wording(*texts, n)}
        assert office_wording.save(connection, "plan", "en", ("a", "b"), by="p1", at=AT) == 1
        rows = office_wording.history(connection, "plan", "zh")
    assert [(row["version"], row["subject"], row["saved_by"]) for row in rows] == [
        (1, "一", "p1"),
        (2, "二", "p1"),
        (3, "", "p1"),
    ]
    with desk.db.read() as connection:
        assert office_wording.current(connection).office["plan", "en"] == Wording("a", "b", 1)


def test_a_saved_wording_that_fails_costs_no_mail_and_shows_in_its_log(
    desk: Desk, mailbox: Mailbox
) -> None:
    with desk.db.write() as connection:  # past the check, as after an upgrade that drops a name
        office_wording.save(
            connection, "plan", "zh", ("{{ gone }}", "好：{{ name }}"), by="", at=AT
        )
    [project] = desk.plan({"state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.PLAN, "2025-02-10", number=7)
    text = last(desk, mailbox, "2025-02-10")
    assert "Subject: 【列入计划】“研修班1号”已列入年度计划" in text
    assert "您好！好：研修班1号" in text
    assert desk.attempts("outcome", "reply") == [
        ("wording", "plan (zh) v1: UndefinedError: 'gone' is undefined"),
        ("sent", "2.0.0 Stored"),
    ]


def test_samples_exist_for_every_family() -> None:
    assert {kind.family for kind in NOTICES.values()} == set(Family)
