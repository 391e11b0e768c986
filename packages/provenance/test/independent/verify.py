#!/usr/bin/env python3
"""Verifies a provenance log, written from FORMAT.md and the RFCs alone, with the standard library only.

Shares no code with the package: what both accept, FORMAT.md says. Test-only; the arithmetic is neither fast nor constant-time.

Usage: verify.py BUNDLE     one JSON report on standard output; exit code 0 valid, 1 violations
       verify.py --self-test
       verify.py --signatures   [[public key, message, signature], ...] in hex on standard input; [true or false, ...] on standard output

A bundle is NDJSON. The first line says what to hold the log against, every other one is a node with the names of
FORMAT.md section 3, in the order of the log; absent fields are missing:
  {"tenant_id": ..., "keys": [{"key_id": ..., "public_key": base64}], "head": {"seq": ..., "hash": ...}}
  {"seq": 1, "content": base64, "created_at": "microseconds", ..., "hash_chain": hex, "signature": base64}
"""

import base64
import binascii
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
    if value not in ("verdict", "waiver", "gate", "spec", "budget", "policy"):
        raise Malformed()
    return text(value)


def text_list(value):
    if not isinstance(value, list):
        raise Malformed()
    items = [text(item) for item in value]
    return len(items).to_bytes(4, "big") + b"".join(len(i).to_bytes(4, "big") + i for i in items)


SCORE = integer(2, 0, 100)
REQUIRED, OPTIONAL = True, False
LAYOUT = [
    ("tenant_id", text, REQUIRED),
    ("seq", integer(8, 1, 2**53 - 1), REQUIRED),
    ("previous_hash", HASH, OPTIONAL),
    ("id", UUID, REQUIRED),
    ("entity_type", entity_type, REQUIRED),
    ("entity_id", text, REQUIRED),
    ("parent_entity_id", UUID, OPTIONAL),
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


def signature_holds(hash_chain, signature, public_key):
    if not re.fullmatch("[0-9a-f]{64}", hash_chain):
        return False
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 64 or base64.b64encode(raw).decode() != signature:
        return False
    kind, payload = b"application/vnd.agent-agency.provenance-node.v1", bytes.fromhex(hash_chain)
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    return ed25519_verify(public_key, message, raw)


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


def check_node(node, header, keys, report):
    if node["tenant_id"] != header["tenant_id"]:
        report("wrong-tenant")
    if node.get("parent_entity_id") == node["id"]:
        report("self-parent")
    try:
        if hash_node(node) != node["hash_chain"]:
            report("hash-mismatch")
    except Malformed:
        report("malformed-node")
    if not is_canonical(base64.b64decode(node["content"])):
        report("content-not-canonical")
    public_key = keys.get(node["signing_key_id"])
    if public_key is None:
        report("unknown-key")
    elif not signature_holds(node["hash_chain"], node["signature"], public_key):
        report("bad-signature")


def verify(lines):
    header = json.loads(next(lines))
    keys = {record["key_id"]: base64.b64decode(record["public_key"]) for record in header["keys"]}
    if any(key_id(raw) != name for name, raw in keys.items()):
        raise SystemExit("a key id is not the one of its key")
    violations, checked, head = [], 0, (0, None)
    for line in lines:
        node = json.loads(line)
        checked += 1

        def report(kind):
            violations.append({"seq": node["seq"], "kind": kind})

        head = check_place(node, head, report)
        check_node(node, header, keys, report)
    expected = header.get("head")
    if expected is not None and (expected["seq"], expected["hash"]) != head:
        violations.append({"seq": expected["seq"], "kind": "head-mismatch"})
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
    with open(sys.argv[1], encoding="utf-8", newline="\n") as bundle:
        result = verify(iter(bundle))
    print(json.dumps(result))
    sys.exit(1 if result["violations"] else 0)
