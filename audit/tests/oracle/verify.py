"""Verifies an export without a line of the gateway's code.

    verify.py entries.jsonl checkpoint.txt VERIFIER_KEY

Standard library only; the signature is checked too where the package `cryptography` is installed.
Prints one line and exits with 0 if the log holds, with 1 if it does not.
"""

import base64
import hashlib
import json
import sys


def canonical(value):
    """RFC 8785 without floating-point numbers."""
    if isinstance(value, float):
        raise ValueError("floating-point number")
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        members = (canonical(key) + ":" + canonical(value[key]) for key in keys)
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaves):
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01", root(leaves[:split]), root(leaves[split:]))


def check_signature(text, lines, verifier_key):
    name, written_hash, encoded = verifier_key.split("+", 2)
    key = base64.b64decode(encoded)
    key_hash = sha256(name.encode(), b"\n", key)[:4]
    assert key_hash.hex() == written_hash and key[0] == 1, "verifier key"
    assert text.split("\n")[0] == name, "checkpoint of another log"
    for line in lines:
        mark, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if mark == "\u2014" and signer == name and signature[:4] == key_hash:
            break
    else:
        raise AssertionError("not signed by the key")
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return "signature not checked"
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
    return "signature checked"


def check_writers(entries):
    last = {}
    for entry, leaf in entries:
        counter, previous = last.get(entry["writer"], (0, None))
        assert entry["counter"] == counter + 1, "gap or repetition in a writer's counter"
        assert entry.get("previous") == previous, "previous entry"
        last[entry["writer"]] = (entry["counter"], leaf.hex())


def main(entries_path, checkpoint_path, verifier_key):
    with open(checkpoint_path, encoding="utf-8") as file:
        text, _, signatures = file.read().rpartition("\n\n")
    text += "\n"
    signed = check_signature(text, signatures.strip("\n").split("\n"), verifier_key)
    origin, size, stated_root = text.split("\n")[:3]
    entries = []
    with open(entries_path, "rb") as file:
        for line in file:
            line = line.rstrip(b"\n")
            entry = json.loads(line)
            assert canonical(entry).encode() == line, "not canonical"
            assert entry["v"] == 1 and entry["log"] == origin, "another format or log"
            entries.append((entry, sha256(b"\x00", line)))
    check_writers(entries)
    assert len(entries) == int(size), "entries are missing"
    found = base64.b64encode(root([leaf for _, leaf in entries])).decode()
    assert found == stated_root, "root"
    print(f"holds: {size} entries, root {found}, {signed}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # whatever goes wrong, the log was not shown to hold
        print(f"does not hold: {type(error).__name__} {error}")
        sys.exit(1)
