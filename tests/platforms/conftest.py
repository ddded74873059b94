"""What the tests stand on: the platforms and the agent (once a run), and a gateway on each database."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from databases import OPENERS
from gateway import Gateway, serving
from processes import free_port, running
from schools import School, register, sign

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Platform:
    """A running platform that others wrote."""

    name: str
    url: str

    def course(self, slug: str) -> dict:
        """What its administrator copies into the gateway."""
        return requests.get(f"{self.url}/config.json", params={"course": slug}, timeout=10).json()

    def start(self, course: str, person: str) -> str:
        """The address at which this person opens the link of this course."""
        return f"{self.url}/start?course={course}&person={person}"

    def secrets(self) -> list:
        """What must not reach an agent: people's names, addresses and ids, and where the platform is."""
        people = self.course("lincoln")["people"]
        names = ["Quillon", "Featherstone", "Thaddea", "Oakhollow", "pupils.example", "quillon", "thaddea"]
        return names + list(people.values()) + [self.url, self.url.removeprefix("http://")]


@dataclass(frozen=True)
class Agent:
    """The running tutor of one school, and what has reached it."""

    url: str
    record: Path

    def received(self) -> list:
        if not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text("utf-8").splitlines()]


@dataclass(frozen=True)
class Town:
    """A gateway between one platform and the agents of two schools."""

    gateway: Gateway
    platform: Platform
    schools: dict
    agents: dict


def start_platform(name: str, folder: Path, tool: str):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, HERE / name / "serve.py", port, tool]
    if name == "openedx":
        words.append(folder)
    ready = f"{url}/config.json?course=lincoln"
    return running(words, folder / f"{name}.log", ready), Platform(name, url)


def start_agent(folder: Path, gateway_url: str, tenant: str):
    port = free_port()
    record = folder / f"{tenant}-received.jsonl"
    env = {**os.environ, "GATEWAY": gateway_url, "AUDIENCE": f"{tenant}/tutor"}
    words = [sys.executable, HERE / "agents" / "recorded.py", port, record]
    url = f"http://127.0.0.1:{port}"
    # Answered without an assertion; what this writes down is thrown away before the tests.
    ready = f"{url}/openapi.json"
    return running(words, folder / f"{tenant}-agent.log", ready, env), Agent(url, record)


@pytest.fixture(scope="session", params=["openedx", "openlearning"])
def platform_name(request):
    return request.param


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def database_kind(request):
    return request.param


@pytest.fixture(scope="session")
def town(platform_name, database_kind, tmp_path_factory):
    """Everything, on one database and with one platform. Made once for all tests of that pair."""
    folder = tmp_path_factory.mktemp(f"{platform_name}-{database_kind}")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    platform_runs, platform = start_platform(platform_name, folder, url)
    lincoln_runs, lincoln = start_agent(folder, url, "lincoln")
    roosevelt_runs, roosevelt = start_agent(folder, url, "roosevelt")
    agents = {"lincoln": lincoln, "roosevelt": roosevelt}
    private = [address.removeprefix("http://") for address in (platform.url, lincoln.url, roosevelt.url)]
    with (
        platform_runs,
        lincoln_runs,
        roosevelt_runs,
        OPENERS[database_kind](folder) as database,
        serving(folder, port, database, private) as gateway,
    ):
        for agent in agents.values():
            agent.record.unlink(missing_ok=True)
        schools: dict[str, School] = {}
        for slug, agent in agents.items():
            schools[slug] = register(gateway, slug, platform.course(slug), agent.url)
        sign(gateway, schools["lincoln"], platform.course("lincoln"))
        yield Town(gateway, platform, schools, agents)
