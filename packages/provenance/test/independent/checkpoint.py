#!/usr/bin/env python3
"""Verifies checkpoints, written from FORMAT.md and the C2SP specifications alone, with the standard library only.

Shares no code with the package; ed25519 is the one of verify.py. Test-only.

Usage: checkpoint.py < CASES   one JSON list of verdicts on standard output, in the order of the cases
       checkpoint.py --self-test

CASES is a JSON list; "note" is base64, so that it may be any bytes:
  {"note": base64, "origin": ..., "log_keys": [vkey, ...], "witnesses": [vkey, ...], "quorum": n}
A verdict is {"ok": true, "size": n, "root": base64, "cosignatures": [[name, key hash, seconds], ...]} or
{"ok": false, "reason": one of those of FORMAT.md}.
"""

import base64
import binascii
import hashlib
import json
import re
import sys

from verify import ed25519_verify

ED25519, COSIGNATURE = 0x01, 0x04
MAX_BYTES, MAX_SIGNATURES, MAX_NUMBER = 1_000_000, 100, 2**53 - 1

# The property White_Space of Unicode, PropList.txt
SPACES = {0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, *range(0x9, 0xE), *range(0x2000, 0x200B)}


class Refused(Exception):
    pass


def need(condition, reason):
    if not condition:
        raise Refused(reason)


def decode_base64(text, reason):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(reason)
    need(base64.b64encode(raw).decode() == text, reason)
    return raw


def is_name(name):
    return name != "" and "+" not in name and not any(ord(c) in SPACES for c in name)


# --- Signed notes -------------------------------------------------------------------------------------------------


def parse_signature(line):
    parts = line.split(" ")
    need(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]), "malformed-note")
    raw = decode_base64(parts[2], "malformed-note")
    need(len(raw) > 4, "malformed-note")
    return (parts[1], raw[:4].hex()), raw[4:]


def parse_note(data):
    """The text that is signed, and of each line (name, key hash) and the signature."""
    need(len(data) <= MAX_BYTES, "malformed-note")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed-note")
    need(not any(c < " " and c != "\n" for c in note), "malformed-note")
    head, found, tail = note.rpartition("\n\n")
    need(found and tail.endswith("\n"), "malformed-note")
    lines = tail[:-1].split("\n")
    need(len(lines) <= MAX_SIGNATURES, "malformed-note")
    return head + "\n", [parse_signature(line) for line in lines]


def key_hash(name, material):
    return hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8]


def parse_vkey(text, kind):
    """(name, key hash) and the public key. What is trusted is not doubted, only held against itself."""
    name, hash_, encoded = text.split("+", 2)
    material = base64.b64decode(encoded, validate=True)
    assert is_name(name) and material[0] == kind and len(material) == 33 and hash_ == key_hash(name, material)
    return (name, hash_), material[1:]


# --- Checkpoints and cosignatures ---------------------------------------------------------------------------------


def parse_checkpoint(text):
    lines = text[:-1].split("\n")
    need(len(lines) >= 3 and all(lines), "malformed-checkpoint")
    need(re.fullmatch("0|[1-9][0-9]{0,15}", lines[1]) and int(lines[1]) <= MAX_NUMBER, "malformed-checkpoint")
    root = decode_base64(lines[2], "malformed-checkpoint")
    need(len(root) == 32, "malformed-checkpoint")
    return lines[0], int(lines[1]), root


def cosigned_at(public_key, text, signature):
    """The time of a cosignature, None when it does not hold."""
    seconds = int.from_bytes(signature[:8], "big")
    message = "cosignature/v1\ntime %d\n%s" % (seconds, text)
    holds = len(signature) == 72 and ed25519_verify(public_key, message.encode(), signature[8:])
    return seconds if holds and 1 <= seconds <= MAX_NUMBER else None


def verify_checkpoint(note, case):
    text, signatures = parse_note(note)
    origin, size, root = parse_checkpoint(text)
    need(origin == case["origin"], "wrong-origin")
    log_keys = dict(parse_vkey(vkey, ED25519) for vkey in case["log_keys"])
    ours = [(log_keys[key], signature) for key, signature in signatures if key in log_keys]
    need(all(ed25519_verify(key, text.encode(), signature) for key, signature in ours), "bad-signature")
    need(ours, "unsigned")
    need(size > 0 or root == hashlib.sha256().digest(), "impossible-root")
    witnesses = dict(parse_vkey(vkey, COSIGNATURE) for vkey in case["witnesses"])
    latest = {}
    for key, signature in signatures:
        if key in witnesses:
            seconds = cosigned_at(witnesses[key], text, signature)
            need(seconds is not None, "bad-cosignature")
            latest[key] = max(seconds, latest.get(key, 0))
    need(len(latest) >= case["quorum"], "quorum-missed")
    seen = [[*key, seconds] for key, seconds in latest.items()]
    return {"ok": True, "size": size, "root": base64.b64encode(root).decode(), "cosignatures": seen}


def judge(case):
    try:
        return verify_checkpoint(base64.b64decode(case["note"]), case)
    except Refused as refused:
        return {"ok": False, "reason": str(refused)}


# --- Self-test: published vectors ---------------------------------------------------------------------------------


def self_test():
    # https://c2sp.org/signed-note, the example of verifier keys
    key, public_key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ED25519)
    text, signatures = parse_note(
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON"
        "ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n".encode()
    )
    assert signatures[0][0] == key and ed25519_verify(public_key, text.encode(), signatures[0][1])
    # https://c2sp.org/tlog-checkpoint, the example, under the name and key of the log that signed it
    note = (
        "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— sum.golang.org "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    trust = {
        "origin": "go.sum database tree",
        "log_keys": ["sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"],
        "witnesses": [],
        "quorum": 0,
    }
    assert verify_checkpoint(note.encode(), trust)["size"] == 20852163
    assert judge({**trust, "note": base64.b64encode(note.replace("163", "164").encode())}) == {
        "ok": False,
        "reason": "bad-signature",
    }


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        print(json.dumps([judge(case) for case in json.load(sys.stdin)]))
