"""What officials say to each other about a flag stays among them, wherever a host looks."""

from __future__ import annotations

from callers import API, caller
from sqlalchemy import select
from stories import CLERK, SCHOOL, WANG
from visits import House

from states.terms import Act, Action, Role
from workflow.mail_tables import MAIL

SECRET = "由分管领导商定从轻"
ROOMS = ("", "/history", "/why", "/do/supply")


def host_rooms(house: House, number: int) -> list[str]:
    """The pages of a project and every address of the API that is read without more to name."""
    schema = house.visit().get("/openapi.json").json()
    read = [path for path, methods in schema["paths"].items() if "get" in methods]
    api = [path.replace("{project_id}", str(number)) for path in read]
    assert f"{API}/projects/{number}" in api
    pages = ["/", "/mail", "/projects", *(f"/projects/{number}{room}" for room in ROOMS)]
    return [*pages, *(path for path in api if "{" not in path)]


def test_why_a_flag_was_left_as_it_is_is_not_told_to_the_host(house: House) -> None:
    """The outcome is told; its reason is for officials: on pages, in the API, by mail."""
    desk = house.desk
    host = caller(house, "host")
    number = desk.admit()
    desk.live(number, "planned")
    papers = ("opening_notice", "implementation_plan")
    desk.do(number, Action.FILE, CLERK, "2025-05-05", papers=papers)
    flag = sorted(desk.flags(number))[0]
    desk.do(number, Act.DISPOSE, WANG, "2025-05-05", flag=flag, outcome="accepted", reason=SECRET)

    assert SECRET in caller(house, "province").get(f"/projects/{number}").text
    official = house.visit(house.person("wang2", (Role.PROVINCE, "")))
    assert SECRET in official.get(f"/projects/{number}").text
    clerk = house.visit(house.person("clerk2", (Role.HOST, SCHOOL)))
    read = 0
    for room in host_rooms(house, number):
        page = clerk.get(room)
        api = house.visit().get(room, Authorization=f"Bearer {host.token}")
        for answer in (page, api):
            assert SECRET not in answer.text, room
            assert SECRET.encode("unicode_escape").decode() not in answer.text, room
            read += answer.status_code == 200
    assert read > 20
    told = host.get(f"/projects/{number}").json()["flags"]
    assert [one["disposed"]["outcome"] for one in told if one["disposed"]] == ["accepted"]
    with desk.db.read() as connection:
        mails = connection.execute(select(MAIL.c.notice).where(MAIL.c.project_id == number))
        assert Act.DISPOSE.value not in mails.scalars().all()
