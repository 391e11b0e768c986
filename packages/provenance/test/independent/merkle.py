#!/usr/bin/env python3
"""Judges Merkle trees, proofs and tiles, written from FORMAT.md, RFC 9162 and C2SP tlog-tiles, with the standard library only.

Shares no code with the package. It verifies proofs by the loops of the RFC, where the package goes down the tree.

Usage: merkle.py < VECTORS     one JSON report on standard output
       merkle.py --self-test

Hashes and entries are hex:
  {"entries": [...],                                             the leaves, in their order
   "tiles": [{"level", "index", "width", "bytes"}],              of the tree over all of them
   "inclusion": [{"leaf_hash", "index", "size", "proof", "root"}],
   "consistency": [{"old_size", "new_size", "old_root", "new_root", "proof"}]}
The report has the roots of all trees from no leaf to all of them, and true or false for each of the others.
"""

import hashlib
import json
import sys


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def inner_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(leaves):
    """Section 2.1.1: MTH, of leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return inner_hash(tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def verify_inclusion(leaf, index, size, proof, root):
    """Section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = inner_hash(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = inner_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def verify_consistency(old_size, new_size, old_root, new_root, proof):
    """Section 2.1.4.2, and for the two cases it leaves out: one size has no proof, and every tree continues the empty one."""
    if old_size > new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root and (old_size > 0 or old_root == tree_hash([]))
    if old_size == 0:
        return not proof and old_root == tree_hash([])
    if not proof:
        return False
    if old_size & (old_size - 1) == 0:
        proof = [old_root] + proof
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = inner_hash(c, fr), inner_hash(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = inner_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == new_root and sn == 0


def verify_tile(leaves, level, index, width, data):
    """C2SP tlog-tiles: entry i is the hash over leaves (index · 256 + i) · 256^level and the 256^level - 1 after it."""
    span = 256**level
    if width != min(256, len(leaves) // span - index * 256):
        return False
    firsts = range(index * 256 * span, (index * 256 + width) * span, span)
    return data == b"".join(tree_hash(leaves[first : first + span]) for first in firsts)


def hashes(items):
    return [bytes.fromhex(item) for item in items]


def judge(vectors):
    leaves = [leaf_hash(entry) for entry in hashes(vectors["entries"])]
    return {
        "roots": [tree_hash(leaves[:size]).hex() for size in range(len(leaves) + 1)],
        "tiles": [
            verify_tile(leaves, tile["level"], tile["index"], tile["width"], bytes.fromhex(tile["bytes"]))
            for tile in vectors["tiles"]
        ],
        "inclusion": [
            verify_inclusion(
                bytes.fromhex(claim["leaf_hash"]),
                claim["index"],
                claim["size"],
                hashes(claim["proof"]),
                bytes.fromhex(claim["root"]),
            )
            for claim in vectors["inclusion"]
        ],
        "consistency": [
            verify_consistency(
                claim["old_size"],
                claim["new_size"],
                bytes.fromhex(claim["old_root"]),
                bytes.fromhex(claim["new_root"]),
                hashes(claim["proof"]),
            )
            for claim in vectors["consistency"]
        ],
    }


def self_test():
    """The common test tree of RFC 6962's implementations (transparency-dev/merkle, certificate-transparency)."""
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(entry) for entry in hashes(entries)]
    assert tree_hash([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree_hash(leaves[:5]).hex() == "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"
    root = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
    assert tree_hash(leaves) == root
    proof = hashes(
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    )
    assert verify_inclusion(leaves[5], 5, 8, proof, root)
    assert not verify_inclusion(leaves[5], 4, 8, proof, root)
    assert not verify_inclusion(leaves[5], 5, 8, proof[:2], root)
    proof[0] = bytes.fromhex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a")
    assert verify_consistency(6, 8, tree_hash(leaves[:6]), root, proof)
    assert not verify_consistency(6, 8, tree_hash(leaves[:7]), root, proof)
    assert not verify_consistency(6, 8, tree_hash(leaves[:6]), root, proof[::-1])


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        print(json.dumps(judge(json.load(sys.stdin))))
