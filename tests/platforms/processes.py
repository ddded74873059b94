"""Programs that a test starts and stops: on free ports of loopback, their words kept for when one fails."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(words: list, log: Path, ready_url: str, env: dict | None = None, seconds: int = 60):
    """Starts a program, waits until `ready_url` answers 200, stops it at the end. `env`: all of it; else ours."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in words],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=env,
        )
    try:
        _wait(process, log, ready_url, seconds)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process, log: Path, ready_url: str, seconds: int) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"{process.args[:3]} ended with {process.returncode}:\n{tail(log)}")
        with contextlib.suppress(requests.RequestException):
            if requests.get(ready_url, timeout=2).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"{process.args[:3]} was not ready after {seconds} s:\n{tail(log)}")


def tail(log: Path, lines: int = 40) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
