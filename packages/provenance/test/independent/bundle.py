#!/usr/bin/env python3
"""Verifies bundles, written from FORMAT.md alone, with the standard library only.

Shares no code with the package. Where the package follows the text of a bundle, this parses it and writes it again. Test-only.

Usage: bundle.py BUNDLE TRUST   one JSON verdict on standard output; exit code 0 believed, 1 not
       bundle.py < CASES        a list of verdicts for a list of {"bundle": base64, "trust": {...}}

TRUST is {"origin": ..., "keys": [{"key_id": ..., "public_key": base64, "purposes": [...], "valid_from": micros, "valid_until": micros}, ...],
"log_keys": [vkey, ...] or null, "witnesses": [vkey, ...], "quorum": n, "ids": [...], "with_ancestry": true or false}; of a key all
but the first two may be absent. A verdict is {"ok": true, "seqs": [...], "unseen": [...]} or {"ok": false, "faults": [[reason, index or null], ...]}.
"""

import base64
import functools
import json
import re
import sys

import checkpoint
import verify
from checkpoint import ED25519, Refused, decode_base64, key_hash, need, parse_checkpoint, parse_note, verify_checkpoint
from merkle import leaf_hash, verify_inclusion
from verify import Malformed, Members, hash_node, is_canonical, key_id, signature_holds, write_json

MAX_BYTES, MAX_CONTENT, MAX_ITEMS, MAX_PROOF, MAX_FAULTS = 67_108_864, 1_048_576, 65_536, 53, 100
PURPOSES = ["checkpoints", "keys", "nodes"]
NEVER = float("inf")

# Cases share most of their signatures, and the arithmetic takes its time.
verify.ed25519_verify = checkpoint.ed25519_verify = functools.lru_cache(None)(verify.ed25519_verify)


# --- The form (section 15) ----------------------------------------------------------------------------------------


def text(value):
    return isinstance(value, str)


def number(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 - 1


def micros(value):
    return text(value) and re.fullmatch("0|-?[1-9][0-9]{0,18}", value) is not None


def base64_text(value):
    try:
        decode_base64(value, "")
        return text(value)
    except (Refused, TypeError):
        return False


def list_of(check, most):
    return lambda value: isinstance(value, list) and len(value) <= most and all(check(item) for item in value)


def object_of(**members):
    """Optional ones are pairs."""

    def check(value):
        if not isinstance(value, dict) or not set(value) <= set(members):
            return False
        return all(
            name not in value or member[0](value[name]) if isinstance(member, tuple) else name in value and member(value[name])
            for name, member in members.items()
        )

    return check


def optional(check):
    return (check,)


NODE = object_of(
    seq=number, id=text, entity_type=text, entity_id=text, signing_key_id=text, previous_hash=optional(text),
    spec_hash=optional(text), description=optional(text), parents=list_of(object_of(hash=text, id=text), MAX_ITEMS),
    content=text, constitutional_refs=list_of(text, MAX_ITEMS), evidence_completeness=optional(number),
    budget_adherence=optional(number), gate_integrity=optional(number), provenance_clarity=optional(number),
    created_at=micros, hash_chain=text, signature=text, inclusion_proof=list_of(base64_text, MAX_PROOF),
)  # fmt: skip
BUNDLE = object_of(
    bundle=lambda value: value == "agent-agency.provenance-bundle.v1",
    checkpoint=text,
    nodes=list_of(NODE, NEVER),
    tenant_id=text,
)


def read_bundle(data):
    need(len(data) <= MAX_BYTES, "too-large")
    need(is_canonical(data), "malformed-bundle")
    bundle = json.loads(data)
    need(BUNDLE(bundle), "malformed-bundle")
    return bundle


# --- Keys (section 14) --------------------------------------------------------------------------------------------


class Key:
    def __init__(self, name, raw, trusted=None):
        self.name, self.raw, self.trusted = name, raw, trusted
        self.admission = None  # (seq, terms, vouchers)
        self.valid_through, self.revoked_from = NEVER, NEVER


def permits(terms, purpose, time):
    if purpose not in terms.get("purposes", PURPOSES):
        return False
    return time is None or int(terms.get("valid_from", time)) <= time < int(terms.get("valid_until", time + 1))


def why_not(key, purpose, seq, time=None):
    """None when the key may be used there."""
    if key is None:
        return "unknown-key"
    if seq >= key.revoked_from:
        return "revoked-key"
    terms = [] if key.trusted is None else [key.trusted]
    if key.admission is not None and seq >= key.admission[0]:
        terms.append(key.admission[1])
    allowed = terms and seq <= key.valid_through and all(permits(each, purpose, time) for each in terms)
    return None if allowed else "key-not-valid"


def dsse(payload):
    kind = b"application/vnd.agent-agency.key-statement.v1+json"
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def number_text(value):
    return text(value) and re.fullmatch("-?[0-9]{1,19}", value) is not None and str(int(value)) == value


def purpose_list(value):
    return isinstance(value, list) and value != [] and value == [each for each in PURPOSES if each in value]


ADMIT = object_of(
    statement=lambda value: value == "admit", tenant=text, key=object_of(id=text, public_key=base64_text), purposes=purpose_list,
    valid_from=optional(number_text), valid_until=optional(number_text), replaces=optional(text),
)  # fmt: skip
REVOKE = object_of(
    statement=lambda value: value == "revoke", tenant=text, key_id=text, reason=text,
    from_seq=lambda value: number(value) and value > 0,
)  # fmt: skip
SIGNED = object_of(
    payload=lambda value: ADMIT(value) or REVOKE(value),
    signatures=list_of(object_of(keyid=text, sig=base64_text), 16),
)


class Ring:
    def __init__(self, tenant, trusted):
        self.tenant, self.keys = tenant, {}
        for terms in trusted:
            name, raw = terms["key_id"], base64.b64decode(terms["public_key"])
            assert key_id(raw) == name
            self.keys[name] = Key(name, raw, terms)

    def apply(self, node):
        """Whether the statement is believed."""
        content = node["content"].encode()
        if not is_canonical(content) or not SIGNED(json.loads(content)):
            return False
        payload, signatures = json.loads(content)["payload"], json.loads(content)["signatures"]
        if payload["tenant"] != self.tenant or len({each["keyid"] for each in signatures}) < len(signatures):
            return False
        members = dict(json.loads(content, object_pairs_hook=Members, parse_int=float))
        message = dsse(write_json(members["payload"], 0).encode())
        step = self.admit if payload["statement"] == "admit" else self.revoke
        return step(node, payload, [(each["keyid"], base64.b64decode(each["sig"])) for each in signatures], message)

    def admit(self, node, payload, signatures, message):
        name, raw = payload["key"]["id"], base64.b64decode(payload["key"]["public_key"])
        replaced, known = payload.get("replaces"), self.keys.get(name)
        if len(raw) != 32 or key_id(raw) != name or (replaced is not None and replaced not in self.keys):
            return False
        key = known or Key(name, raw)
        if key.admission is not None or name not in dict(signatures):
            return False
        vouchers = self.vouchers(node, signatures, message, {**self.keys, name: key})
        if not vouchers:
            return False
        key.admission = (node["seq"], payload, vouchers)
        self.keys[name] = key
        if replaced is not None:
            self.keys[replaced].valid_through = min(self.keys[replaced].valid_through, node["seq"])
        return True

    def revoke(self, node, payload, signatures, message):
        key = self.keys.get(payload["key_id"])
        if key is None or not self.vouchers(node, signatures, message, self.keys):
            return False
        key.revoked_from = min(key.revoked_from, payload["from_seq"])
        for later in self.keys.values():  # in the order in which they became known
            if later.trusted is None and later.admission is not None:
                seq, _, vouchers = later.admission
                if all(voucher.revoked_from <= seq for voucher in vouchers):
                    later.revoked_from = min(later.revoked_from, seq)
        return True

    def vouchers(self, node, signatures, message, keys):
        """Empty when nobody may say so, or one of the signatures does not hold."""
        known = [(keys[name], signature) for name, signature in signatures if name in keys]
        if not all(verify.ed25519_verify(key.raw, message, signature) for key, signature in known):
            return []
        place = ("keys", node["seq"], int(node["created_at"]))
        return [key for key, _ in known if why_not(key, *place) is None]


# --- Nodes --------------------------------------------------------------------------------------------------------


def check_fields(node, tenant):
    content = node["content"].encode()
    try:
        coded = {**node, "tenant_id": tenant, "content": base64.b64encode(content)}
        if hash_node(coded) != node["hash_chain"]:
            yield "hash-mismatch"
    except Malformed:
        yield "malformed-node"
    if len(content) > MAX_CONTENT:
        yield "malformed-node"
    elif not is_canonical(content):
        yield "content-not-canonical"


def check_neighbours(index, nodes):
    node, first = nodes[index], {}
    for other in nodes:
        first.setdefault(other["id"], other)
    if first[node["id"]] is not node:
        yield "duplicate-id"
    if index > 0:
        before = nodes[index - 1]
        if node["seq"] == before["seq"]:
            yield "duplicate-seq"
        elif node["seq"] < before["seq"]:
            yield "out-of-order"
        elif node["seq"] == before["seq"] + 1 and node.get("previous_hash") != before["hash_chain"]:
            yield "previous-hash-mismatch"
    for parent in node["parents"]:
        if parent["id"] == node["id"]:
            yield "self-parent"
        elif any((other["id"] == parent["id"]) != (other["hash_chain"] == parent["hash"]) for other in nodes):
            yield "parent-mismatch"


def check_signature(node, ring):
    if node["entity_type"] == "key" and len(node["content"].encode()) <= MAX_CONTENT and not ring.apply(node):
        yield "bad-key-statement"
    key = ring.keys.get(node["signing_key_id"])
    if key is not None and not signature_holds(node["hash_chain"], node["signature"], key.raw):
        yield "bad-signature"


def proof_length(index, size):
    begin, end, length = 0, size, 0
    while end - begin > 1:
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        begin, end = (begin, middle) if index < middle else (middle, end)
        length += 1
    return length


def check_inclusion(node, size, root):
    if not re.fullmatch("[0-9a-f]{64}", node["hash_chain"]) or node["seq"] == 0:
        return
    index, proof = node["seq"] - 1, [base64.b64decode(item) for item in node["inclusion_proof"]]
    if index >= size:
        yield "index-outside-tree"
    elif len(proof) < proof_length(index, size):
        yield "proof-too-short"
    elif len(proof) > proof_length(index, size):
        yield "proof-too-long"
    elif any(len(item) != 32 for item in proof):
        yield "malformed-proof"
    elif not verify_inclusion(leaf_hash(bytes.fromhex(node["hash_chain"])), index, size, proof, root):
        yield "root-mismatch"


# --- The whole ----------------------------------------------------------------------------------------------------


def vkey(name, raw):
    material = bytes([ED25519]) + raw
    return "%s+%s+%s" % (name, key_hash(name, material), base64.b64encode(material).decode())


def judge_checkpoint(note, trust, ring):
    data = note.encode()
    held = {"origin": trust["origin"], "witnesses": trust["witnesses"], "quorum": trust["quorum"], "log_keys": trust["log_keys"]}
    if held["log_keys"] is None:
        size = parse_checkpoint(parse_note(data)[0])[1]
        may_sign = [key for key in ring.keys.values() if why_not(key, "checkpoints", size) is None]
        theirs = [checkpoint.parse_vkey(witness, checkpoint.COSIGNATURE)[1] for witness in trust["witnesses"]]
        held["log_keys"] = [vkey(trust["origin"], key.raw) for key in may_sign if key.raw not in theirs]
    verdict = verify_checkpoint(data, held)
    return verdict["size"], base64.b64decode(verdict["root"])


def verify_bundle(data, trust):
    bundle = read_bundle(data)
    nodes, tenant = bundle["nodes"], bundle["tenant_id"]
    ring = Ring(tenant, trust["keys"])
    found = [
        [*check_fields(node, tenant), *check_neighbours(index, nodes), *check_signature(node, ring)]
        for index, node in enumerate(nodes)
    ]
    faults, tree = [], None
    try:
        tree = judge_checkpoint(bundle["checkpoint"], trust, ring)
    except Refused as refused:
        faults.append([str(refused), None])
    if not trust["origin"].endswith("/" + tenant):
        faults.append(["wrong-tenant", None])
    for index, node in enumerate(nodes):
        found[index].append(
            why_not(ring.keys.get(node["signing_key_id"]), "nodes", node["seq"], int(node["created_at"]))
        )
        found[index] += check_inclusion(node, *tree) if tree else []
        faults += [[reason, index] for reason in found[index] if reason is not None]
    there = {node["id"] for node in nodes}
    unseen = [(parent["id"], node) for node in nodes for parent in node["parents"] if parent["id"] not in there]
    needed = {name for name, node in unseen if trust["with_ancestry"] or node["entity_type"] == "key"}
    faults += [["missing-node", None]] * len(set(trust["ids"]) - there) + [["missing-parent", None]] * len(needed)
    if faults:
        return {"ok": False, "faults": faults[:MAX_FAULTS]}
    return {"ok": True, "seqs": [node["seq"] for node in nodes], "unseen": sorted({name for name, _ in unseen})}


def judge(data, trust):
    try:
        return verify_bundle(data, trust)
    except Refused as refused:
        return {"ok": False, "faults": [[str(refused), None]]}


if __name__ == "__main__":
    if len(sys.argv) == 3:
        with open(sys.argv[1], "rb") as bundle, open(sys.argv[2], "rb") as trust:
            result = judge(bundle.read(), json.load(trust))
        print(json.dumps(result))
        sys.exit(0 if result["ok"] else 1)
    print(json.dumps([judge(base64.b64decode(case["bundle"]), case["trust"]) for case in json.load(sys.stdin)]))
