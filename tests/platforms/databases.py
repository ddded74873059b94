"""A database for one run of the gateway: a SQLite file, or on PostgreSQL a database with an owner role that migrates
and a login role that owns nothing."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql


@dataclass(frozen=True)
class Database:
    """The `[database]` section of the configuration."""

    settings: dict


@contextlib.contextmanager
def sqlite(folder: Path):
    yield Database({"url": f"sqlite://{folder / 'gateway.sqlite3'}"})


@contextlib.contextmanager
def postgres(_folder: Path):
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        missing = "TEST_POSTGRES_URL is not set: nothing was tried on PostgreSQL (./test platforms starts one)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    tag = secrets.token_hex(4)
    name, owner, app = f"platforms_{tag}", f"platforms_owner_{tag}", f"platforms_app_{tag}"
    secret = secrets.token_hex(16)
    where = urlsplit(server).netloc.rpartition("@")[2]
    with psycopg.connect(server, autocommit=True) as admin:
        for role in (owner, app):
            admin.execute(
                sql.SQL("create role {} login password {}").format(sql.Identifier(role), secret)
            )
        admin.execute(
            sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
        )
    try:
        yield Database(
            {
                "url": f"postgres://{app}:{secret}@{where}/{name}",
                "direct_url": f"postgres://{owner}:{secret}@{where}/{name}",
                "app_role": app,
            }
        )
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            for role in (owner, app):
                admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


OPENERS = {"sqlite": sqlite, "postgres": postgres}
