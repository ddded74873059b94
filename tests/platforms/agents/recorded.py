#!/usr/bin/env python3
"""Serves the tutor with a recorder in front of it: every request that reaches the agent is one JSON line.

usage: recorded.py PORT FILE     environment as for tutor.py
"""

import json
import sys

import uvicorn
from tutor import app


class Recorder:
    """Writes down what arrives, all of it, before the agent sees it."""

    def __init__(self, app, path):
        self.app = app
        self.path = path

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.write(scope, body)
        replayed = [{"type": "http.request", "body": body, "more_body": False}]

        async def again():
            return replayed.pop() if replayed else await receive()

        await self.app(scope, again, send)

    def write(self, scope, body):
        line = {
            "method": scope["method"],
            "path": scope["raw_path"].decode("latin-1"),
            "query": scope["query_string"].decode("latin-1"),
            "headers": [[k.decode("latin-1"), v.decode("latin-1")] for k, v in scope["headers"]],
            "body": body.decode("utf-8", "replace"),
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    recorder = Recorder(app, sys.argv[2])
    uvicorn.run(recorder, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
