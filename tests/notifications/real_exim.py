"""A real Exim on loopback, from a folder of its own: it takes mail, hands it on to `far`, and writes the
report of what comes back itself, with the status 5.0.0 whatever was the matter.

Debian lets no second mail server be installed beside Postfix, so `.ci/slow` unpacks it into a folder,
which `EXIM` names.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from real_servers import MAIL_ID, PATIENCE, RealServers, free, reachable

EXIM = Path(os.environ.get("EXIM", "/opt/exim4/usr/sbin/exim4"))
MISSING = "A real Exim is needed: .ci/slow unpacks it into /opt/exim4"
CONFIGURATION = """\
primary_hostname = exim.yanxiu.test
exim_path = {exim}
exim_user = {mail}
exim_group = {mail}
never_users =
spool_directory = {home}/exim
log_file_path = {home}/exim/log-%s
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
disable_ipv6
domainlist ours = yanxiu.test
acl_smtp_rcpt = everything
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
deliver_drop_privilege
smtp_accept_max = 20
queue_only = false
begin acl
everything:
  accept
begin routers
ours:
  driver = accept
  domains = +ours
  local_parts = yanxiu
  transport = mailbox
rest:
  driver = manualroute
  domains = ! +ours
  transport = on
  route_list = * 127.0.0.1 byname
  self = send
  no_more
begin transports
on:
  driver = smtp
  port = {far}
  allow_localhost
  hosts_try_fastopen =
  hosts_avoid_tls = *
mailbox:
  driver = appendfile
  directory = {home}/mail/$local_part_data
  maildir_format
  create_directory
  user = {mail}
  group = {mail}
begin retry
* * F,1m,1s
"""


@contextmanager
def real_exim(servers: RealServers) -> Iterator[int]:
    """Its port; skipped where it is not at hand, a failure in CI."""
    if not EXIM.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    [port] = free(1)
    spool = servers.home / "exim"
    spool.mkdir()
    os.chown(spool, MAIL_ID, MAIL_ID)
    written = servers.home / "exim.conf"
    values = {"home": servers.home, "mail": MAIL_ID, "port": port, "exim": EXIM}
    written.write_text(CONFIGURATION.format(**values, far=servers.ports["far"]))
    daemon = subprocess.Popen([EXIM, "-C", written, "-bdf", "-q2s"])
    try:
        reachable(port)
        yield port
    finally:
        daemon.terminate()
        daemon.wait(PATIENCE)
