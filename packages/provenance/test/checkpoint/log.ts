import { signCheckpoint } from '../../src/checkpoint/sign-checkpoint.ts';
import type { VerifierKey } from '../../src/checkpoint/verifier-key.ts';
import { rootOf } from '../../src/merkle/compact-range.ts';
import { proveConsistency } from '../../src/merkle/consistency.ts';
import { leafHash } from '../../src/merkle/tree-hash.ts';
import type { Signer } from '../../src/signing/signature.ts';
import { seededSigner, testSigner } from '../fixtures/chain.ts';

export const origin = 'example.com/acme';
export const witnessName = 'witness.example.com/w1';

/** 2025-10-09T08:53:20Z, in seconds. */
export const seconds = 1_760_000_000;

/** RFC 8032 section 7.1, TEST 2. */
export const witnessSigner = seededSigner(
  Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'),
);

export function logKeyOf({ publicKey }: Signer, name: string = origin): VerifierKey {
  return { name, type: 'ed25519', publicKey };
}

export function witnessKeyOf({ publicKey }: Signer, name: string = witnessName): VerifierKey {
  return { name, type: 'cosignature/v1', publicKey };
}

export const logKey = logKeyOf(testSigner);
export const witnessKey = witnessKeyOf(witnessSigner);

/** A log in memory: what an entry is, a history says; two histories that differ early are a split view. */
export interface TestLog {
  root(size: number): Uint8Array;
  checkpoint(size: number, signer?: Signer): Promise<string>;
  prove(oldSize: number, newSize: number): Promise<Uint8Array[]>;
}

export function logOf(entryAt: (index: number) => string): TestLog {
  const leavesBetween = (begin: number, end: number): Uint8Array[] =>
    Array.from({ length: end - begin }, (_, place) => leafHash(Buffer.from(entryAt(begin + place))));
  const root = (size: number): Uint8Array => rootOf(leavesBetween(0, size));
  return {
    root,
    checkpoint: (size, signer = testSigner) => signCheckpoint({ origin, size, root: root(size) }, signer),
    prove: (oldSize, newSize) =>
      proveConsistency(oldSize, newSize, (subtrees) =>
        Promise.resolve(
          subtrees.map(({ level, index }) =>
            rootOf(leavesBetween(index * 2 ** level, (index + 1) * 2 ** level)),
          ),
        ),
      ),
  };
}

export const log = logOf((index) => `entry ${String(index)}`);

/** The same up to entry 3, another from there on. */
export const forkedLog = logOf((index) => `${index < 3 ? 'entry' : 'other entry'} ${String(index)}`);
