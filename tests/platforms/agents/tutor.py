#!/usr/bin/env python3
"""A tutor as its developer would write it: FastAPI, PyJWT, and the gateway's public keys. Nothing of ours inside.

It answers nobody without a valid assertion. What it knows about a person is what the assertion says.

usage: tutor.py PORT     with GATEWAY (its public URL) and AUDIENCE ("tenant/agent") in the environment
"""

import asyncio
import os
import sys

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse

GATEWAY = os.environ["GATEWAY"].rstrip("/")
AUDIENCE = os.environ["AUDIENCE"]
KEYS = jwt.PyJWKClient(f"{GATEWAY}/.well-known/jwks.json", cache_keys=True, lifespan=300)

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tutor</title>
<main><h1>Tutor</h1>
<form id="ask"><label>Your question <input name="q" type="text"></label> <button>Ask</button></form>
<p id="answer" aria-live="polite"></p></main>
<script src="static/tutor.js"></script>
</html>"""

SCRIPT = """document.getElementById('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const answer = document.getElementById('answer');
  answer.textContent = '';
  const source = new EventSource('api/stream?q=' + encodeURIComponent(event.target.q.value));
  source.addEventListener('message', (message) => { answer.textContent += message.data + ' '; });
  source.addEventListener('done', () => source.close());
});
"""

app = FastAPI()


def verified(request: Request) -> dict:
    """The claims of the assertion, or 401."""
    assertion = request.headers.get("x-agent-factory-assertion")
    if assertion is None:
        raise HTTPException(401, "no assertion")
    try:
        return jwt.decode(
            assertion,
            KEYS.get_signing_key_from_jwt(assertion).key,
            algorithms=["ES256"],
            audience=AUDIENCE,
            issuer=GATEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401, type(error).__name__) from error


@app.get("/", response_class=HTMLResponse)
def page(claims: dict = Depends(verified)):
    return PAGE


@app.get("/static/tutor.js")
def script():
    return PlainTextResponse(SCRIPT, media_type="text/javascript")


@app.get("/api/me")
def me(claims: dict = Depends(verified)):
    return claims


@app.get("/api/headers")
def headers(request: Request, claims: dict = Depends(verified)):
    return list(request.headers.items())


async def words(question: str):
    for word in f"You asked: {question} Let us think it through step by step.".split():
        yield f"data: {word}\n\n"
        await asyncio.sleep(0.05)
    yield "event: done\ndata: {}\n\n"


@app.get("/api/stream")
def stream(q: str = "", claims: dict = Depends(verified)):
    return StreamingResponse(words(q), media_type="text/event-stream")


@app.post("/api/ask")
async def ask(request: Request, claims: dict = Depends(verified)):
    question = (await request.json())["question"]
    return StreamingResponse(words(question), media_type="text/event-stream")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
