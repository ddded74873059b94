"""The built gateway as a school would run it: `agent-factory serve` by a configuration file, set up over its API."""

import base64
import contextlib
import json
import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

import requests
from databases import Database
from processes import free_port, running, tail


def binary() -> str:
    """The program under test: GATEWAY_BINARY, as ./test builds it."""
    path = os.environ.get("GATEWAY_BINARY", "")
    assert path and Path(path).is_file(), (
        f"no gateway to test at GATEWAY_BINARY={path!r}; ./test platforms builds it"
    )
    return path


def clean_environment() -> dict:
    """Ours without the variables that the gateway would take for configuration."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AGENT_FACTORY_")}


@dataclass(frozen=True)
class Gateway:
    """A running gateway and the credential of its first operator."""

    url: str
    operations_url: str
    token: str
    log: Path

    def api(self, path: str, body: dict) -> dict:
        """POSTs one thing to the operators' API and gives what was made."""
        answer = requests.post(
            f"{self.url}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
        )
        assert answer.status_code in (200, 201), (
            f"POST /api/v1/{path} answered {answer.status_code}: {answer.text[:600]}"
        )
        return answer.json()

    def read(self, path: str) -> requests.Response:
        return requests.get(
            f"{self.url}/api/v1/{path}", headers={"Authorization": f"Bearer {self.token}"}, timeout=20
        )


def configuration(port: int, operations_port: int, database: Database, root_key: Path, hosts: list) -> str:
    """The configuration file. JSON's strings and lists are TOML's too."""
    sections = {
        "server": {"listen": f"127.0.0.1:{port}"},
        "operations": {"listen": f"127.0.0.1:{operations_port}"},
        "agents": {"domain": f"localhost:{port}"},
        "database": database.settings,
        "root_key": {"file": str(root_key)},
        "egress": {"allowed_private_hosts": hosts},
    }
    lines = [f"public_url = {json.dumps(f'http://127.0.0.1:{port}')}"]
    for section, keys in sections.items():
        lines.append(f"\n[{section}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def serving(folder: Path, port: int, database: Database, private_hosts: list):
    """Migrates, serves until the end of the block, and stops."""
    operations_port = free_port()
    root_key = folder / "root.key"
    with os.fdopen(os.open(root_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    config = folder / "gateway.toml"
    config.write_text(configuration(port, operations_port, database, root_key, private_hosts))
    log = folder / "gateway.log"
    with log.open("ab") as output:
        migrated = subprocess.run(
            [binary(), "migrate", "--config", str(config)],
            stdout=output,
            stderr=output,
            timeout=120,
            env=clean_environment(),
        )
    assert migrated.returncode == 0, f"agent-factory migrate failed:\n{tail(log)}"
    token = secrets.token_hex(32)
    operations_url = f"http://127.0.0.1:{operations_port}"
    with running(
        [binary(), "serve", "--config", config],
        log,
        f"{operations_url}/readyz",
        env={**clean_environment(), "AGENT_FACTORY_BOOTSTRAP_TOKEN": token},
    ):
        yield Gateway(f"http://127.0.0.1:{port}", operations_url, token, log)
