"""What holds for every answer, also for those that no page has thought of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from callers import caller
from sqlalchemy import text
from stories import Desk
from visits import House, Visit, words

from config.rulebook import Rulebook
from states.terms import Role
from web import guarding
from workflow.database import Database

BOUNDARY = "--x"


@pytest.fixture
def visit(house: House) -> Visit:
    return house.visit(house.person("wang", (Role.PROVINCE, ""), email="wang@example.cn"))


def is_guarded(answer: httpx2.Response) -> bool:
    policy = answer.headers.get("content-security-policy", "")
    return "script-src 'self'" in policy and answer.headers.get("cache-control") == "no-store"


def test_a_page_that_broke_is_guarded_as_well(house: House, visit: Visit) -> None:
    house.app.add_api_route("/broken", lambda: 1 / 0)
    answer = visit.get("/broken")
    assert (answer.status_code, is_guarded(answer)) == (500, True)


def test_what_another_site_sends_is_answered_with_a_page(house: House, visit: Visit) -> None:
    answer = visit.post("/me/mail", {"language": "en"}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, is_guarded(answer)) == (403, True)
    assert "不是从本系统发出" in words(answer)
    answer = house.visit().client.delete("/api/v1/webhooks/1", headers={"Origin": "null"})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)


def test_a_page_that_is_not_there_is_kept_by_nobody(visit: Visit) -> None:
    """Under /static/ as well: it names the visitor and carries the token of their forms."""
    answer = visit.get("/static/nothing.css")
    assert (answer.status_code, visit.csrf in answer.text) == (404, True)
    assert is_guarded(answer)


def large() -> Iterator[bytes]:
    """Sent piece by piece, so that its length is not told."""
    yield b"login=wang&password="
    yield b"x" * 5000


def test_what_is_too_large_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "MOST_OF_STRANGERS", 4096)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    told = house.visit().client.post("/sign-in", content=b"".join(large()), headers=form)
    untold = house.visit().client.post("/sign-in", content=large(), headers=form)
    for answer in (told, untold):
        assert (answer.status_code, is_guarded(answer)) == (413, True)
        assert "最多填报 4 KB 的内容" in words(answer)


def test_too_many_files_are_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "MOST_BYTES", 4000)
    problem = caller(house, "province").send("/papers", {"file": ("a.txt", b"x" * 5000)})
    assert (problem.status_code, problem.json()["type"]) == (413, "/api/docs#too_large")
    assert "60 MB" in problem.json()["detail"]


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "utf-7", "idna", '"punycode"', "utf-8; charset=undefined"]
)
def test_a_form_in_another_spelling_is_refused(visit: Visit, charset: str) -> None:
    """It could hold half a character, which no page and no file can."""
    answer = multipart(visit, charset, "\\ud800")
    assert (answer.status_code, "不认识的内容" in words(answer)) == (400, True)


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "UTF8"])
def test_a_form_that_says_that_it_is_utf_8_is_read(visit: Visit, charset: str) -> None:
    assert multipart(visit, charset, "我的视图").status_code == 303
    assert "我的视图" in words(visit.get("/projects"))


def multipart(visit: Visit, charset: str, name: str) -> httpx2.Response:
    fields = {"csrf": visit.csrf, "name": name, "search": ""}
    parts = [
        f'{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    body = "".join(parts) + BOUNDARY + "--\r\n"
    kind = f"multipart/form-data; boundary={BOUNDARY[2:]}; charset={charset}"
    headers = {"Content-Type": kind}
    return visit.client.post("/projects/views", content=body.encode(), headers=headers)


@pytest.fixture
def on_either(db: Database, tmp_path: Path, book: Rulebook) -> House:
    return House(Desk(db, book), tmp_path)


def test_what_no_database_can_compare_is_not_looked_for(on_either: House) -> None:
    """PostgreSQL refuses NUL, wherever it stands."""
    person = on_either.person("wang", email="wang@example.cn")
    on_either.wear(person, (Role.PROVINCE, ""), (Role.ADMIN, ""))
    visit = on_either.visit(person)
    lists = ("/projects", "/mail", "/admin/people", "/admin/units", "/admin/audit")
    for path in lists:
        assert visit.get(f"{path}?q=a%00b&after=%00").status_code in (200, 400), path
    api = caller(on_either, "province")
    for path in ("/projects", "/mail"):
        assert api.get(f"{path}?q=%0%000").status_code == 200
    assert visit.get("/projects/1/papers/a%00b/1").status_code == 404


def test_what_no_database_can_store_is_refused(house: House, visit: Visit) -> None:
    assert visit.post("/projects/views", {"name": "a\0b"}).status_code == 400
    assert house.visit().post("/sign-in", {"login": "\0", "password": "x"}).status_code == 400
    assert house.visit().post("/sign-in/link", {"email": "\0"}).status_code == 400
    hook = {"url": "https://example.cn/", "secret": "a\0b" + "x" * 20}
    assert caller(house, "province").post("/webhooks", hook).status_code == 422


def test_what_broke_is_logged_without_anybody_s_secret(
    house: House, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(secret: str) -> None:
        with house.desk.db.write() as connection:
            connection.execute(text("INSERT INTO nothing VALUES (:secret)"), {"secret": secret})

    house.app.add_api_route("/broken/{secret}", fail)
    answer = visit.get("/broken/only-for-her")
    [number] = re.findall(r"编号 (\w{8})", words(answer))
    assert f"/broken/{{secret}} failed ({number})" in caplog.text
    assert "only-for-her" not in caplog.text


@pytest.mark.parametrize("who", ["auditor", "admin", "nobody"])
def test_who_only_reads_leaves_no_file(house: House, who: str) -> None:
    project, program = house.desk.admit(), caller(house, who)
    file = {"paper": ("a.pdf", b"%PDF-1")}
    answers = [
        program.send("/papers", {"file": file["paper"]}),
        program.send(f"/projects/{project}/actions/note", file, {"deed": "{}"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not (house.folder / "papers").exists()
