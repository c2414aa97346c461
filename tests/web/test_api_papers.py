"""Papers through the API: every version is listed and can be saved by whoever may see it."""

from __future__ import annotations

from callers import caller
from visits import House


def handed_in_twice(house: House) -> int:
    """A project whose application form was sent back and handed in again."""
    number, host = house.desk.admit(), caller(house, "host")
    for content, on in ((b"%PDF-first", "2025-01-08"), (b"%PDF-second", "2025-01-10")):
        form = {"application_form": host.upload("申报表.pdf", content)}
        assert host.do(number, "submit", papers=form, on=on).status_code == 200
        if content == b"%PDF-first":
            back = {"items": "缺公章", "mend_by": "2025-04-20"}
            office = caller(house, "coordinator")
            assert office.do(number, "send_back", fields=back, on="2025-01-09").status_code == 200
    return number


def test_every_version_is_listed_and_saved(house: House) -> None:
    number = handed_in_twice(house)
    program = caller(house, "province")
    items = program.get(f"/projects/{number}/papers").json()["items"]
    told = [(one["key"], one["label"], one["version"], one["current"]) for one in items]
    assert told == [
        ("application_form", items[0]["label"], 2, True),
        ("application_form", items[0]["label"], 1, False),
    ]
    assert "申报表" in items[0]["label"]
    where = f"/projects/{number}/papers/application_form"
    assert program.get(where).content == b"%PDF-second"
    assert program.get(f"{where}?version=1").content == b"%PDF-first"
    assert program.get(f"{where}?version=2").content == b"%PDF-second"
    assert program.get(f"{where}?version=3").status_code == 404
    saved = program.get(f"{where}?version=1")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_papers_end_where_the_scope_does(house: House) -> None:
    number = handed_in_twice(house)
    for who in ("other host", "other coordinator", "nobody"):
        program = caller(house, who)
        assert program.get(f"/projects/{number}/papers").status_code == 404
        where = f"/projects/{number}/papers/application_form?version=1"
        assert program.get(where).status_code == 404


def test_what_officials_keep_among_themselves_is_neither_listed_nor_saved(house: House) -> None:
    number = house.desk.admit()
    house.desk.live(number, "filed")
    office = caller(house, "coordinator")
    photo = {"change_notice": office.upload("检查记录.pdf", b"internal")}
    done = office.do(number, "inspect", fields={"findings": "现场管理松散"}, papers=photo)
    assert done.status_code == 200, done.text
    host = caller(house, "host")
    where = f"/projects/{number}/papers"
    keys = [
        {one["key"] for one in program.get(where).json()["items"]} for program in (host, office)
    ]
    assert keys[1] - keys[0] == {"change_notice"}
    assert office.get(f"{where}/change_notice").content == b"internal"
    for end in ("", "?version=1"):
        assert host.get(f"{where}/change_notice{end}").status_code == 404
    assert house.visit(host.person).get(f"{where}/change_notice/1").status_code == 404
    assert house.visit(office.person).get(f"{where}/change_notice/1").status_code == 200
