"""`yanxiu token`: a token is shown once, listed without its secret, ended at once."""

from __future__ import annotations

from command import Command


def test_a_token_is_made_listed_and_revoked(run: Command) -> None:
    run("init")
    run("user", "add", "wang", "--name", "王经办", "--role", "province")
    made = run(
        "token",
        "add",
        "wang",
        "--name",
        "人事系统",
        "--until",
        "2025-06-30",
        "--json",
        TODAY="2025-02-21",
    )
    assert made.code == 0, made.err
    secret = made.json["token"]
    assert (secret[:3], made.json["scope"]) == ("yx_", "read")
    listed = run("token", "list", "wang", "--json", TODAY="2025-02-21")
    [token] = listed.json
    assert (token["name"], token["ends_at"]) == ("人事系统", "2025-06-30T16:00:00+00:00")
    assert secret not in listed.out
    table = run("token", "list", "wang", TODAY="2025-02-21")
    assert "2025-06-30" in table.out
    number = str(token["id"])
    assert run("token", "revoke", "wang", number, TODAY="2025-02-21").code == 0
    again = run("token", "revoke", "wang", number, TODAY="2025-02-21")
    assert (again.code, again.sentence.startswith("wang 没有编号为")) == (1, True)


def test_what_cannot_be_made_is_one_sentence(run: Command) -> None:
    run("init")
    run("user", "add", "wang", "--name", "王经办", "--role", "province")

    def refused(*more: str) -> tuple[int, str]:
        done = run("token", "add", *more, TODAY="2025-02-21")
        return done.code, done.sentence[:5]

    assert refused("nobody", "--name", "x") == (1, "没有登录名")
    assert refused("wang", "--name", "x", "--scope", "all") == (2, "没有权限“")
    assert refused("wang", "--name", "x", "--until", "2025-02-20") == (1, "有效期须晚")
    assert refused("wang", "--name", "x", "--until", "2027-02-20") == (1, "有效期须晚")
    assert refused("wang", "--name", " ") == (1, "令牌名称须")
