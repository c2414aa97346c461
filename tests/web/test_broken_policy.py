"""A policy in use that cannot be read: what depends on it waits, and no more. Lists show all of the
other projects, and of its own as much as is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from callers import caller
from every_get import Office
from sqlalchemy import select
from visits import House, words

from config.policy_files import SHIPPED
from states.terms import Role
from workflow.refresh import refresh, unreadable_policies
from workflow.tables import DEADLINE

BROKEN, SOUND = "fujian-2025", "fujian-2024"
FILE = f"{BROKEN}.toml"


def breaks(house: House, text: str = "x = 1\n") -> None:
    folder: Path = house.folder / "policies"
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    house.site.reload()


def without_a_category(category: str) -> str:
    """A sound file, but for a category that it has lost."""
    text = (SHIPPED / FILE).read_text(encoding="utf-8")
    text = text.replace(f"[categories.{category}", f"[categories.other_{category}")
    return text.replace(f'"{category}"]', f'"other_{category}"]')


def test_only_what_is_of_that_policy_waits(house: House) -> None:
    """Lists, workplaces, pictures, calendars, batches and the log of mails were one 503 for all."""
    office = Office(house, (SOUND, BROKEN))
    before = office.answers()
    breaks(house)
    after = office.answers()
    worse = {path for (who, path), found in after.items() if found != before[who, path]}
    one = office.projects[BROKEN]
    assert {path for path in worse if not path.removeprefix("/api/v1").startswith(
        (f"/projects/{one}", f"/policies/{BROKEN}", f"/policies/{SOUND}/diff/{BROKEN}",
         f"/admin/policies/{BROKEN}", f"/deadlines?policy={BROKEN}")
    )} == set()  # fmt: skip
    assert {found for found in after.values() if found >= 500} == {503}
    breaks(house, (SHIPPED / FILE).read_text(encoding="utf-8"))
    assert office.answers() == before


@pytest.fixture
def mixed(house: House) -> tuple[House, int, int]:
    """A project of each, of which the one's policy cannot be read."""
    one = house.desk.admit(name="坏政策班", state="filed")
    other = house.desk.admit(name="好政策班", policy=SOUND, year=2024)
    breaks(house)
    return house, one, other


def test_the_lists_show_what_is_stored_and_say_which_policy_it_is(
    mixed: tuple[House, int, int],
) -> None:
    house, one, other = mixed
    page = house.visit(house.person("wang", (Role.PROVINCE, ""))).get("/projects")
    said = words(page)
    assert "坏政策班" in said and "好政策班" in said and said.count(FILE) == 1
    assert "2025-05-12" in said and "已报送实施方案" in said
    rows = {row["id"]: row for row in caller(house, "province").get("/projects").json()["items"]}
    assert FILE in rows[one]["unreadable"] and rows[other]["unreadable"] == ""
    assert (rows[one]["state"], rows[one]["opens"]) == ("filed", "2025-05-12")
    assert rows[other]["waits"] == [] and rows[one]["due"] is not None


def test_the_host_sees_its_projects(mixed: tuple[House, int, int]) -> None:
    house, one, _ = mixed
    program = caller(house, "host")
    mine = {row["project_id"]: row for row in program.get("/workplace").json()["mine"]}
    assert len(mine) == 2
    assert FILE in mine[one]["unreadable"] and mine[one]["next"]["deed"] is None
    said = words(house.visit(program.person).get("/"))
    assert "坏政策班" in said and "好政策班" in said and FILE in said


def test_a_step_on_several_is_done_where_it_can_be(mixed: tuple[House, int, int]) -> None:
    house, one, other = mixed
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    page = visit.get(f"/projects/steps?deed=hand_over&project={one}&project={other}")
    assert page.status_code == 200 and words(page).count(FILE) == 1


def test_a_policy_that_has_lost_a_category_in_use_is_told_as_broken(house: House) -> None:
    """It was a fault of the program: 500, and a worker that stopped."""
    one = house.desk.admit(category="ordinary", state="planned")
    other = house.desk.admit(name="乙班")
    breaks(house, without_a_category("ordinary"))
    refresh(house.desk.db, house.site.book)
    with house.desk.db.read() as connection:
        [said] = unreadable_policies(connection, house.site.book)
        assert f"{FILE} [categories.ordinary]" in said.zh
        kept = select(DEADLINE.c.id).where(DEADLINE.c.project_id == one)
        assert connection.execute(kept).first() is not None
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    assert visit.get("/readyz").json() == {"status": "rules"}
    stopped = visit.get(f"/projects/{one}")
    assert stopped.status_code == 503 and FILE in words(stopped)
    assert visit.get(f"/projects/{other}").status_code == 200
    assert visit.get("/projects").status_code == 200
