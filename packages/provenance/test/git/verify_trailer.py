#!/usr/bin/env python3
"""Verifies provenance trailers of git commits, written from FORMAT.md alone: the standard library, and git itself for reading trailers.

Usage: verify_trailer.py < REQUEST     a JSON list on standard output, for each commit "none" or the reason why it does not hold

The request: {"tenant": ..., "keys": [{"key_id": ..., "public_key": base64}], "commits": [base64 of each object]}
"""

import base64
import binascii
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "independent"))
from verify import ed25519_verify, key_id  # noqa: E402

TYPE = b"application/vnd.agent-agency.git-trailer.v1"
HEADERS = re.compile(
    rb"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)author [^\n]*\ncommitter [^\n]*\n((?:(?!tree |parent |author |committer )[^\n]+\n)*)\n"
)
FORMS = {
    "provenance-node": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "provenance-hash": r"[0-9a-f]{64}",
    "provenance-signature": r"ed25519:[0-9a-f]{32}/[A-Za-z0-9+/]{85}[AQgw]==",
}


def read_commit(commit):
    """The tree, the parents and the message; None for what is no commit."""
    found = HEADERS.match(commit)
    if found is None or b"\0" in commit:
        return None
    tree, parents = found[1].decode(), [line[7:].decode() for line in found[2].splitlines()]
    if len(tree) not in (40, 64) or any(len(parent) != len(tree) for parent in parents):
        return None
    return tree, parents, commit[found.end() :]


def read_trailers(message):
    """The values of each of the three, as git finds them."""
    command = ["git", "interpret-trailers", "--parse", "--no-divider"]
    output = subprocess.run(command, input=message, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")
    values = {name: [] for name in FORMS}
    for line in output.splitlines():
        key, _, value = line.partition(": ")
        values.get(key.lower(), []).append(value)
    return values


def signed_message(tenant, tree, parents, node, node_hash):
    """All values but the tenant are ASCII without escapes; the tenants of this test are, too."""
    payload = {"content_tree": tree, "hash": node_hash, "node": node, "parents": parents, "tenant": tenant}
    text = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(text), text)


def judge(commit, tenant, keys):
    parts = read_commit(commit)
    if parts is None:
        return "malformed-commit"
    tree, parents, message = parts
    values = read_trailers(message)
    counts = [len(found) for found in values.values()]
    if not any(counts):
        return "no-trailer"
    if max(counts) > 1:
        return "repeated-trailer"
    if min(counts) == 0:
        return "incomplete-trailer"
    if any(re.fullmatch(form, values[name][0]) is None for name, form in FORMS.items()):
        return "malformed-trailer"
    node, node_hash, (name, _, encoded) = (values["provenance-node"][0], values["provenance-hash"][0],
                                           values["provenance-signature"][0].partition("/"))
    if name not in keys:
        return "unknown-key"
    signature = binascii.a2b_base64(encoded)
    valid = ed25519_verify(keys[name], signed_message(tenant, tree, parents, node, node_hash), signature)
    return "none" if valid else "bad-signature"


if __name__ == "__main__":
    request = json.load(sys.stdin)
    trusted = {record["key_id"]: base64.b64decode(record["public_key"]) for record in request["keys"]}
    assert all(key_id(raw) == name for name, raw in trusted.items())
    print(json.dumps([judge(base64.b64decode(commit), request["tenant"], trusted) for commit in request["commits"]]))
