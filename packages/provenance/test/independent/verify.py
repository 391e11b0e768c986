#!/usr/bin/env python3
"""Verifies a provenance log, written from FORMAT.md and the RFCs alone, with the standard library only.

Shares no code with the package: what both accept, FORMAT.md says. Test-only; the arithmetic is neither fast nor constant-time.

Usage: verify.py BUNDLE...  one JSON report a line on standard output; exit code 0 all valid, 1 violations
       verify.py --self-test
       verify.py --signatures   [[public key, message, signature], ...] in hex on standard input; [true or false, ...] on standard output

A bundle is NDJSON. The first line says what to hold the log against, every other one is a node with the names of
FORMAT.md section 3, in the order of the log; absent fields are missing:
  {"tenant_id": ..., "keys": [{"key_id": ..., "public_key": base64}], "head": {"seq": ..., "hash": ...}, "checkpoints": [{"size": ..., "root": hex}]}
Keys may have "purposes", "valid_from" and "valid_until" as in section 14. Every other line is
  {"seq": 1, "parents": [{"id": ..., "hash": hex}], "content": base64, "created_at": "microseconds", ..., "hash_chain": hex, "signature": base64}
"""

import base64
import binascii
import functools
import hashlib
import json
import re
import sys

# --- Ed25519 (RFC 8032, section 5.1 and the outline of section 6) -------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Extended homogeneous coordinates (X, Y, Z, T), section 5.1.4."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same_point(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y, sign):
    """Section 5.1.3; None when there is no such point."""
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_MINUS_ONE % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def decode_point(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def has_small_order(point):
    return same_point(multiply(8, point), (0, 1, 1, 0))


@functools.lru_cache(maxsize=None)
def ed25519_verify(public_key, message, signature):
    """Section 5.1.7 without cofactor, and without points of small order (FORMAT.md, sections 5 and 6)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = decode_point(public_key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or has_small_order(a) or has_small_order(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    return same_point(multiply(s, BASE), add(r, multiply(k, a)))


# --- Canonical JSON (RFC 8785) ------------------------------------------------------------------------------------


class NotCanonical(Exception):
    pass


def write_number(value):
    """ECMAScript Number::toString. Python's repr has the same shortest digits, in another layout."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or "0")
    digits = whole + fraction
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0").rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    shown = digits[0] + ("." + digits[1:] if count > 1 else "")
    return "%s%se%s%d" % (sign, shown, "+" if point > 0 else "-", abs(point - 1))


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def write_string(value):
    return '"' + "".join(ESCAPES.get(c, c if c >= " " else "\\u%04x" % ord(c)) for c in value) + '"'


class Members(list):
    """An object as its (name, value) pairs, so that duplicates are seen."""


def write_json(value, depth):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise NotCanonical("number too large")
        return write_number(value)
    if isinstance(value, str):
        return write_string(value)
    if depth == 128:
        raise NotCanonical("too deep")
    if isinstance(value, Members):
        names = [name for name, _ in value]
        if len(set(names)) != len(names):
            raise NotCanonical("duplicate name")
        pairs = sorted(value, key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(write_string(n) + ":" + write_json(v, depth + 1) for n, v in pairs) + "}"
    return "[" + ",".join(write_json(item, depth + 1) for item in value) + "]"


def refuse(_):
    raise NotCanonical("no JSON")


def is_canonical(data):
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=Members, parse_int=float, parse_constant=refuse
        )
        return write_json(value, 0).encode("utf-8") == data
    except (NotCanonical, ValueError, RecursionError):
        return False


# --- Node encoding (FORMAT.md, section 3) -------------------------------------------------------------------------


class Malformed(Exception):
    pass


def text(value):
    if not isinstance(value, str) or "\0" in value:
        raise Malformed()
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed()


def matching(pattern):
    def encode(value):
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise Malformed()
        return bytes.fromhex(value.replace("-", ""))

    return encode


HASH = matching("[0-9a-f]{64}")
UUID = matching("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def integer(size, low, high):
    def encode(value):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Malformed()
        return value.to_bytes(size, "big", signed=True)

    return encode


def micros(value):
    if not isinstance(value, str) or not re.fullmatch("-?[0-9]{1,20}", value):
        raise Malformed()
    return integer(8, -(2**63), 2**63 - 1)(int(value))


def entity_type(value):
    if value not in ("verdict", "waiver", "gate", "spec", "budget", "policy", "key"):
        raise Malformed()
    return text(value)


def text_list(value):
    if not isinstance(value, list):
        raise Malformed()
    items = [text(item) for item in value]
    return len(items).to_bytes(4, "big") + b"".join(len(i).to_bytes(4, "big") + i for i in items)


def parent_list(value):
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed()
    ids = [UUID(item.get("id")) for item in value]
    if len(set(ids)) != len(ids):
        raise Malformed()
    return len(ids).to_bytes(4, "big") + b"".join(i + HASH(item.get("hash")) for i, item in zip(ids, value))


SCORE = integer(2, 0, 100)
REQUIRED, OPTIONAL = True, False
LAYOUT = [
    ("tenant_id", text, REQUIRED),
    ("seq", integer(8, 1, 2**53 - 1), REQUIRED),
    ("previous_hash", HASH, OPTIONAL),
    ("id", UUID, REQUIRED),
    ("entity_type", entity_type, REQUIRED),
    ("entity_id", text, REQUIRED),
    ("parents", parent_list, REQUIRED),
    ("content", base64.b64decode, REQUIRED),
    ("constitutional_refs", text_list, REQUIRED),
    ("spec_hash", text, OPTIONAL),
    ("description", text, OPTIONAL),
    ("evidence_completeness", SCORE, OPTIONAL),
    ("budget_adherence", SCORE, OPTIONAL),
    ("gate_integrity", SCORE, OPTIONAL),
    ("provenance_clarity", SCORE, OPTIONAL),
    ("created_at", micros, REQUIRED),
    ("signing_key_id", text, REQUIRED),
]


def encode_node(node):
    out = b"agent-agency.provenance.node.v1\x00"
    for name, encode, required in LAYOUT:
        if name in node:
            value = encode(node[name])
            out += b"\x01" + len(value).to_bytes(4, "big") + value
        elif required:
            raise Malformed()
        else:
            out += b"\x00"
    return out


def hash_node(node):
    return hashlib.sha256(encode_node(node)).hexdigest()


# --- Signature (FORMAT.md, sections 5 and 6) ----------------------------------------------------------------------


def key_id(public_key):
    return "ed25519:" + hashlib.sha256(public_key).hexdigest()[:32]


def from_base64(given):
    """The bytes, or None for any but the one spelling."""
    try:
        raw = base64.b64decode(given, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == given else None


def dsse(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def signature_holds(hash_chain, signature, public_key):
    if not re.fullmatch("[0-9a-f]{64}", hash_chain):
        return False
    raw = from_base64(signature)
    message = dsse(b"application/vnd.agent-agency.provenance-node.v1", bytes.fromhex(hash_chain))
    return raw is not None and ed25519_verify(public_key, message, raw)


# --- Keys in the log (FORMAT.md, section 14) ----------------------------------------------------------------------

PURPOSES = ["checkpoints", "keys", "nodes"]
DECIMAL = "0|-?[1-9][0-9]{0,18}"


class Refused(Exception):
    """The fault is its only argument."""


def need(condition, fault="malformed-statement"):
    if not condition:
        raise Refused(fault)


def is_trustworthy(public_key):
    """Section 5: one spelling of a point, and not one of small order."""
    if len(public_key) != 32:
        return False
    y = int.from_bytes(public_key, "little") & ((1 << 255) - 1)
    # Eight times a point of small order is the neutral point, whichever sign x has; x = 0 has only one.
    points = [recover_x(y, sign) for sign in (0, 1)]
    return y < P and not any(x is not None and has_small_order((x, y, 1, x * y % P)) for x in points)


def read_statement(content):
    """(statement, message, {key id: signature}) of the content of a node."""
    need(is_canonical(content))
    outer = json.loads(content)
    need(isinstance(outer, dict) and set(outer) == {"payload", "signatures"})
    payload, signatures = outer["payload"], outer["signatures"]
    need(isinstance(payload, dict) and isinstance(signatures, list) and 1 <= len(signatures) <= 16)
    read = {}
    for item in signatures:
        need(isinstance(item, dict) and set(item) == {"keyid", "sig"} and isinstance(item["keyid"], str))
        need(item["keyid"] not in read)
        read[item["keyid"]] = from_base64(item["sig"])
        need(read[item["keyid"]] is not None)
    need(isinstance(payload.get("tenant"), str))
    if payload.get("statement") == "admit":
        check_admission(payload)
    else:
        check_revocation(payload)
    # The payload is canonical within canonical content; what Python writes without white space may not be.
    message = dsse(
        b"application/vnd.agent-agency.key-statement.v1+json",
        write_json(json.loads(content, object_pairs_hook=Members, parse_int=float)[0][1], 0).encode("utf-8"),
    )
    return payload, message, read


def check_admission(payload):
    required, optional = {"statement", "tenant", "key", "purposes"}, {"valid_from", "valid_until", "replaces"}
    need(required <= set(payload) <= required | optional)
    key, purposes = payload["key"], payload["purposes"]
    need(isinstance(key, dict) and set(key) == {"id", "public_key"} and isinstance(key["id"], str))
    need(isinstance(purposes, list) and purposes != [])
    need(purposes == [purpose for purpose in PURPOSES if purpose in purposes])
    for name in ("valid_from", "valid_until"):
        need(name not in payload or isinstance(payload[name], str) and re.fullmatch(DECIMAL, payload[name]))
    need(isinstance(payload.get("replaces", ""), str))
    public_key = from_base64(key["public_key"])
    need(public_key is not None and is_trustworthy(public_key) and key_id(public_key) == key["id"])


def check_revocation(payload):
    need(payload.get("statement") == "revoke")
    need(set(payload) == {"statement", "tenant", "key_id", "from_seq", "reason"})
    need(isinstance(payload["key_id"], str) and isinstance(payload["reason"], str))
    start = payload["from_seq"]
    need(isinstance(start, int) and not isinstance(start, bool) and 1 <= start < 2**53)


def allows(terms, purpose, time):
    low, high = terms.get("valid_from"), terms.get("valid_until")
    return (
        purpose in terms.get("purposes", PURPOSES)
        and (low is None or int(low) <= time)
        and (high is None or time < int(high))
    )


class Keys:
    def __init__(self, tenant, trusted):
        self.tenant, self.trusted = tenant, {key["key_id"]: key for key in trusted}
        self.raw = {key["key_id"]: base64.b64decode(key["public_key"]) for key in trusted}
        self.admitted = {}  # key id: (seq, terms, vouchers)
        self.replaced, self.revoked, self.signed = {}, {}, {}

    def fault(self, name, purpose, seq, time):
        if name not in self.raw:
            return "unknown-key"
        if name in self.revoked and self.revoked[name] <= seq:
            return "revoked-key"
        asked = [self.trusted[name]] if name in self.trusted else []
        if name in self.admitted and self.admitted[name][0] <= seq:
            asked.append(self.admitted[name][1])
        fine = asked != [] and all(allows(terms, purpose, time) for terms in asked)
        return None if fine and self.replaced.get(name, seq) >= seq else "key-not-valid"

    def note(self, name, seq):
        first, last = self.signed.get(name, (seq, seq))
        self.signed[name] = (min(first, seq), max(last, seq))

    def apply(self, content, seq, time):
        """The ranges that are revoked by it."""
        payload, message, signatures = read_statement(content)
        need(payload["tenant"] == self.tenant, "other-tenant")
        admission = payload["statement"] == "admit"
        ended = payload.get("replaces") if admission else payload["key_id"]
        need(ended is None or ended in self.raw, "unknown-key")
        keys = dict(self.raw)
        if admission:
            name = payload["key"]["id"]
            need(name not in self.admitted, "admitted-before")
            need(name in signatures, "possession-not-proven")
            keys[name] = base64.b64decode(payload["key"]["public_key"])
        for signer in signatures:
            need(signer not in keys or ed25519_verify(keys[signer], message, signatures[signer]), "bad-signature")
        vouchers = [signer for signer in signatures if self.fault(signer, "keys", seq, time) is None]
        need(vouchers, "not-authorized")
        if not admission:
            return self.revoke(ended, payload["from_seq"])
        self.raw, self.admitted[name] = keys, (seq, payload, vouchers)
        if ended is not None:
            self.replaced[ended] = min(seq, self.replaced.get(ended, seq))
        return []

    def revoke(self, name, start):
        ranges = [self.end(name, start)]
        for other, (seq, _, vouchers) in self.admitted.items():
            if other not in self.trusted and all(self.revoked.get(v, seq + 1) <= seq for v in vouchers):
                ranges.append(self.end(other, seq))
        return [numbers for numbers in ranges if numbers is not None and numbers[0] <= numbers[1]]

    def end(self, name, start):
        before = self.revoked.get(name, 2**53)
        self.revoked[name] = min(start, before)
        if name not in self.signed:
            return None
        first, last = self.signed[name]
        return (max(self.revoked[name], first), min(before - 1, last))


# --- The tree (RFC 9162, section 2.1.1) ---------------------------------------------------------------------------


def tree_root(leaves):
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    middle = 1
    while 2 * middle < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + tree_root(leaves[:middle]) + tree_root(leaves[middle:])).digest()


def leaf_of(hash_chain):
    entry = bytes.fromhex(hash_chain) if re.fullmatch("[0-9a-f]{64}", hash_chain) else b""
    return hashlib.sha256(b"\x00" + entry).digest()


# --- The walk (FORMAT.md, section 7) ------------------------------------------------------------------------------


def check_place(node, head, report):
    last, last_hash = head
    follows = node.get("previous_hash") == last_hash
    if node["seq"] > last + 1:
        report("sequence-gap")
    elif node["seq"] == last:
        report("duplicate-seq")
    elif node["seq"] < last:
        report("out-of-order")
    elif not follows:
        report("previous-hash-mismatch")
    return (node["seq"], node["hash_chain"]) if node["seq"] > last or follows else head


def check_node(node, report):
    if any(parent.get("id") == node["id"] for parent in node["parents"]):
        report("self-parent")
    try:
        if hash_node(node) != node["hash_chain"]:
            report("hash-mismatch")
    except Malformed:
        report("malformed-node")
    if not is_canonical(base64.b64decode(node["content"])):
        report("content-not-canonical")


def check_key(node, keys, report):
    name, place = node["signing_key_id"], (node["seq"], int(node["created_at"]))
    if node["entity_type"] == "key":
        try:
            for first, last in keys.apply(base64.b64decode(node["content"]), *place):
                report("revoked-key", first, last)
        except (Refused, Malformed):
            report("bad-key-statement")
    fault = keys.fault(name, "nodes", *place)
    if fault is None:
        keys.note(name, node["seq"])
    else:
        report(fault)
    public_key = keys.raw.get(name)
    if public_key is not None and not signature_holds(node["hash_chain"], node["signature"], public_key):
        report("bad-signature")


def verify(lines):
    header = json.loads(next(lines))
    keys = Keys(header["tenant_id"], header["keys"])
    if any(key_id(raw) != name for name, raw in keys.raw.items()):
        raise SystemExit("a key id is not the one of its key")
    violations, checked, head, leaves = [], 0, (0, None), []
    checkpoints = sorted(header.get("checkpoints", []), key=lambda checkpoint: checkpoint["size"])

    def check_tree(report):
        while checkpoints and checkpoints[0]["size"] == len(leaves):
            if checkpoints.pop(0)["root"] != tree_root(leaves).hex():
                report("checkpoint-mismatch")

    check_tree(lambda kind: violations.append({"seq": 0, "kind": kind}))
    for line in lines:
        node = json.loads(line)
        checked += 1

        def report(kind, seq=node["seq"], last=None):
            violations.append({"seq": seq, "kind": kind} if last is None else {"seq": seq, "last_seq": last, "kind": kind})

        if node["tenant_id"] != header["tenant_id"]:
            report("wrong-tenant")
        moved = check_place(node, head, report)
        if moved is not head:
            head = moved
            leaves.append(leaf_of(node["hash_chain"]))
            check_tree(report)
        check_node(node, report)
        check_key(node, keys, report)
    expected = header.get("head")
    if expected is not None and (expected["seq"], expected["hash"]) != head:
        violations.append({"seq": expected["seq"], "kind": "head-mismatch"})
    violations += [{"seq": missed["size"], "kind": "checkpoint-mismatch"} for missed in checkpoints]
    return {"checked": checked, "violations": violations}


# --- Self-test: published vectors, so that agreement with the package means something ------------------------------


def self_test():
    rfc8032 = [  # RFC 8032 section 7.1, TEST 1 to 3
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ]
    for public_key, message, signature in rfc8032:
        arguments = [bytes.fromhex(part) for part in (public_key, message, signature)]
        assert ed25519_verify(*arguments)
        assert not ed25519_verify(arguments[0], arguments[1] + b"x", arguments[2])
    rfc8785 = {  # RFC 8785 section 3.2.2 and appendix B
        333333333.33333329: "333333333.3333333", 1e30: "1e+30", 4.5: "4.5", 2e-3: "0.002", 1e-27: "1e-27",
        5e-324: "5e-324", -0.0: "0", 9007199254740992.0: "9007199254740992", 295147905179352830000.0: "295147905179352830000",
        9.999999999999997e22: "9.999999999999997e+22", 1e21: "1e+21", 999999999999999900000.0: "999999999999999900000",
        9.999999999999997e-7: "9.999999999999997e-7", 0.000001: "0.000001", -0.0000033333333333333333: "-0.0000033333333333333333",
    }
    for value, expected in rfc8785.items():
        assert write_number(value) == expected, (value, expected)


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        sys.exit(0)
    if sys.argv[1:] == ["--signatures"]:
        triples = [[bytes.fromhex(part) for part in triple] for triple in json.load(sys.stdin)]
        print(json.dumps([ed25519_verify(*triple) for triple in triples]))
        sys.exit(0)
    results = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", newline="\n") as bundle:
            results.append(verify(iter(bundle)))
        print(json.dumps(results[-1]))
    sys.exit(1 if any(result["violations"] for result in results) else 0)
