"""A real Postfix and a real Dovecot on loopback, on high ports, with folders of their own.

One Postfix plays both parts: `relay` takes mail from us, encrypted and with a login, as the server of
an office does; it hands it on to `far`, which knows some mailboxes and refuses others as told. What is
returned goes to our mailbox, which Dovecot serves. Nothing outside the folder is read or written.
"""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
import trustme

OURS, USER, PASSWORD = "yanxiu@yanxiu.test", "yanxiu@yanxiu.test", "secret-1"
MAIL_ID = 8  # the system's user and group "mail"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
MISSING = "A real Postfix and Dovecot are needed: apt-get install postfix dovecot-imapd"
NOT_ROOT = "Postfix starts for root only: run `make test-slow` as root"
PATIENCE = 60.0  # seconds

MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.yanxiu.test
mydomain = yanxiu.test
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtputf8_enable = no
virtual_mailbox_domains = yanxiu.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {{yanxiu@yanxiu.test=yanxiu/}}, {{arrived@yanxiu.test=arrived/}} }}
virtual_uid_maps = static:{mail}
virtual_gid_maps = static:{mail}
virtual_minimum_uid = 1
virtual_alias_maps = inline:{{ {{forward@example.cn=h01@example.cn, gone@example.com}} }}
transport_maps = inline:{{ {{example.cn=smtp:[127.0.0.1]:{far}}}, {{example.com=smtp:[127.0.0.1]:{far}}} }}
smtpd_tls_cert_file = {home}/server.pem
smtpd_tls_key_file = {home}/server.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
anvil_rate_time_unit = 2s
anvil_status_update_time = 1s
minimal_backoff_time = 1s
queue_run_delay = 1s
far_recipients = check_recipient_access inline:{{ {refused} }},
    check_recipient_access static:{{REDIRECT arrived@yanxiu.test}}, permit_mynetworks
relay_recipients = check_policy_service inet:127.0.0.1:{policy}, permit_sasl_authenticated, reject
"""
MASTER = """\
{relay} inet n - n - - smtpd
    -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
    -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
    -o smtpd_recipient_restrictions=$relay_recipients
{slow} inet n - n - - smtpd
    -o smtpd_client_message_rate_limit=3 -o smtpd_client_event_limit_exceptions=
{far} inet n - n - - smtpd
    -o myhostname=mx.example.cn -o smtpd_relay_restrictions=permit_mynetworks,reject
    -o smtpd_recipient_restrictions=$far_recipients
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """\
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.pem
mail_location = maildir:{home}/mail/%n
mail_uid = {mail}
mail_gid = {mail}
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail} home={home}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener {home}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""
REFUSED = {
    "gone@example.cn": "550 5.1.1 no such user here",
    "gone@example.com": "550 5.1.1 no such user here",
    "full@example.cn": "552 5.2.2 mailbox full",
    "spam@example.cn": "554 5.7.1 rejected as spam",
}


@dataclass
class RealServers:
    """What a test asks of them. `relay`, `slow` (three mails in two seconds), `imap`: ports."""

    home: Path
    ports: dict[str, int]
    greylists: bool = False
    seen: set[str] = field(default_factory=set)  # to whom a first try was put off

    @property
    def settings(self) -> dict[str, object]:
        """As an office sets them."""
        return {
            **{"smtp_host": "localhost", "smtp_security": "starttls", "smtp_timeout": 20},
            **{"smtp_username": USER, "smtp_password": PASSWORD, "mail_from": OURS},
            **{"imap_host": "localhost", "imap_port": self.ports["imap"]},
            **{"imap_username": USER, "imap_password": PASSWORD, "imap_security": "starttls"},
        }

    def judge(self, asked: dict[str, str]) -> str:
        """What the policy service answers to Postfix."""
        recipient = asked.get("recipient", "")
        if self.greylists and recipient not in self.seen:
            self.seen.add(recipient)
            return "DEFER_IF_PERMIT 4.2.0 Greylisted, try again later"
        return "DUNNO"

    def postfix(self, *words: str) -> None:
        command = ["postfix", "-c", str(self.home / "postfix"), *words]
        done = subprocess.run(command, env=os.environ | {"PATH": PATH}, capture_output=True)
        assert done.returncode == 0 or words == ("abort",), done.stderr.decode()

    def start(self) -> None:
        self.postfix("start")
        reachable(self.ports["relay"])

    def restart(self) -> None:
        """As after a power cut: nobody takes leave."""
        self.postfix("abort")
        until(lambda: not listening(self.ports["relay"]))
        self.start()

    def mails(self, mailbox: str) -> list[str]:
        """The Message-IDs of what lies in a mailbox, read or not."""
        files = [*(self.home / "mail" / mailbox).glob("new/*")]
        files += (self.home / "mail" / mailbox).glob("cur/*")
        return [message_from_bytes(file.read_bytes())["Message-ID"] for file in files]

    def empty(self) -> None:
        for file in (self.home / "mail").glob("*/*/*"):
            file.unlink()
        self.greylists, self.seen = False, set()

    def log(self) -> str:
        """What the servers wrote, for a test that fails."""
        files = (self.home / "postfix.log", self.home / "dovecot.log")
        return "\n".join(file.read_text()[-4000:] for file in files if file.exists())


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Look again and again until it holds."""
    end, pause = monotonic() + patience, Event()
    while not holds():
        assert monotonic() < end, "it did not come about"
        pause.wait(0.1)


def listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def reachable(port: int) -> None:
    until(lambda: listening(port))


@contextmanager
def real_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[RealServers]:
    """Running, and ended with whatever they left; skipped where they are not installed."""
    unable = MISSING if not _installed() else NOT_ROOT if os.geteuid() else ""
    if unable:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(unable)
    with tempfile.TemporaryDirectory(prefix="yx", dir="/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)  # the daemons are nobody in particular
        names = ("relay", "slow", "far", "imap", "policy")
        servers = RealServers(home, dict(zip(names, free(len(names)), strict=True)))
        _lay_out(servers)
        monkeypatch.setenv("SSL_CERT_FILE", str(home / "authority.pem"))
        with _policy(servers):
            servers.start()
            dovecot = subprocess.Popen(
                ["dovecot", "-F", "-c", str(home / "dovecot.conf")],
                env=os.environ | {"PATH": PATH},
            )
            try:
                reachable(servers.ports["imap"])
                yield servers
            finally:
                dovecot.terminate()
                dovecot.wait(PATIENCE)
                servers.postfix("abort")
                until(lambda: not listening(servers.ports["relay"]))


def _installed() -> bool:
    return (
        all(shutil.which(name, path=PATH) for name in ("postfix", "dovecot"))
        and Path("/usr/lib/dovecot/imap").exists()
    )


def free(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _lay_out(servers: RealServers) -> None:
    home, values = servers.home, servers.ports | {"home": servers.home, "mail": MAIL_ID}
    authority = trustme.CA()
    authority.cert_pem.write_to_path(home / "authority.pem")
    pem = authority.issue_cert("localhost").private_key_and_cert_chain_pem
    pem.write_to_path(str(home / "server.pem"))
    for name in ("postfix", "queue", "data", "mail", "run", "state"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    os.chown(home / "mail", MAIL_ID, MAIL_ID)
    refused = ", ".join(f"{{{to}={said}}}" for to, said in REFUSED.items())
    (home / "postfix" / "main.cf").write_text(MAIN.format(**values, refused=refused))
    (home / "postfix" / "master.cf").write_text(MASTER.format(**values))
    (home / "dovecot.conf").write_text(DOVECOT.format(**values, password=PASSWORD))


@contextmanager
def _policy(servers: RealServers) -> Iterator[None]:
    """Postfix's policy service: it asks for each recipient in lines, up to an empty one."""

    class Asked(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked: dict[str, str] = {}
            for line in self.rfile:
                name, _, value = line.decode().strip().partition("=")
                if name:
                    asked[name] = value
                    continue
                self.wfile.write(f"action={servers.judge(asked)}\n\n".encode())
                asked = {}

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

    with Server(("127.0.0.1", servers.ports["policy"]), Asked) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
