"""The web server: uvicorn around the application, as `yanxiu serve` and the demonstration run it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from uvicorn import Config, Server

from web.connections import Limits, bounded, bounded_by_files


def server(
    app: FastAPI, *, proxies: Sequence[object] = (), limits: Limits | None = None, **more: Any
) -> Server:
    """A server that is to be run on a bound socket. `proxies`: addresses of those in front of it,
    whose word is taken for who asks; of nobody else any X-Forwarded header is believed. `more`:
    further settings of uvicorn."""
    config = Config(
        app,
        http=bounded(limits or bounded_by_files(Limits())),
        ws="none",
        log_level="warning",
        access_log=False,  # the addresses of feeds and links are secrets
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[str(one) for one in proxies],
        **more,
    )
    return Server(config)
