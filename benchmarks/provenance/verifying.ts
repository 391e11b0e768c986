import { createHash, createPublicKey, verify } from 'node:crypto';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import {
  type ChainReport,
  encodeNode,
  type ProvenanceNodeRecord,
  readHead,
  readLogPages,
  signedMessage,
  verifyChain,
  verifyLog,
  type VerifyLogOptions,
} from '@agent-agency/provenance';
import type { Contender } from '../src/interleave.ts';
import { KEYS, SIGNER } from './data.ts';

/** Nodes that the machine's own rates are taken from. */
const SAMPLE = 20_000;

/** A log, and what is known of it. */
export interface FilledLog {
  readonly manager: ConnectionPoolManager;
  readonly tenantId: string;
  readonly nodes: number;
}

/** Verifies the whole log, a round each time, and keeps the reports. */
export class Verifier implements Contender {
  readonly #log: FilledLog;
  readonly #options: VerifyLogOptions;
  readonly #reports: ChainReport[] = [];

  constructor(log: FilledLog, options: VerifyLogOptions) {
    this.#log = log;
    this.#options = { ...options, keys: KEYS };
  }

  round() {
    const { manager, tenantId, nodes } = this.#log;
    return timed(nodes, async () => {
      this.#reports.push(
        await manager.withTenant({ tenantId }, (tx) => verifyLog(tx, this.#options), PATIENT),
      );
    });
  }

  /** Whether it has looked at all of it each time, up to where the database says that it ends. */
  async isRight(): Promise<boolean> {
    const { manager, tenantId, nodes } = this.#log;
    const { seq, hash } = await manager.withTenant({ tenantId }, readHead);
    const isTrue = ({ valid, checked, head }: ChainReport): boolean =>
      valid && checked === nodes && head.seq === seq && head.hash === hash;
    return seq === nodes && this.#reports.length > 0 && this.#reports.every(isTrue);
  }

  /** Whether it would have found an edit in the middle, and where. */
  async findsEdits(): Promise<boolean> {
    const { manager, tenantId, nodes } = this.#log;
    const place = Math.ceil(nodes / 2);
    const edited = async function* (pages: AsyncIterable<readonly ProvenanceNodeRecord[]>) {
      for await (const page of pages)
        yield page.map((node) => (node.seq === place ? { ...node, description: 'Rejected' } : node));
    };
    const { violations } = await manager.withTenant(
      { tenantId },
      (tx) => verifyChain(edited(readLogPages(tx)), { ...this.#options, keys: KEYS, tenantId }),
      PATIENT,
    );
    return violations.length === 1 && violations[0]?.kind === 'hash-mismatch' && violations[0].seq === place;
  }
}

const PATIENT = { statementTimeoutMs: 0 };

/** Only reads it. */
export function reading({ manager, tenantId, nodes }: FilledLog): Contender {
  return {
    round: () =>
      timed(nodes, () =>
        manager.withTenant(
          { tenantId },
          async (tx) => {
            for await (const page of readLogPages(tx)) if (page.length === 0) return;
          },
          PATIENT,
        ),
      ),
  };
}

/** What all the machine's cores do with the log's own signatures, and one of them with its bytes. */
export async function rawContenders({ manager, tenantId }: FilledLog) {
  const records: ProvenanceNodeRecord[] = [];
  await manager.withTenant({ tenantId }, async (tx) => {
    for await (const page of readLogPages(tx, { upTo: BigInt(SAMPLE) })) records.push(...page);
  });
  const messages = records.map(({ hashChain, signature }) => ({
    message: Buffer.from(signedMessage(hashChain)),
    signature: Buffer.from(signature, 'base64'),
  }));
  const encoded = records.map((node) => encodeNode(node));
  return { ed25519: verifyingEd25519(messages), sha256: hashing(encoded) };
}

interface Signed {
  readonly message: Buffer;
  readonly signature: Buffer;
}

function verifyingEd25519(signed: readonly Signed[]): Contender {
  const x = Buffer.from(SIGNER.publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const isValid = ({ message, signature }: Signed): Promise<boolean> =>
    new Promise((resolve, reject) => {
      verify(null, message, key, signature, (error, valid) => {
        if (error === null) resolve(valid);
        else reject(error);
      });
    });
  return {
    round: () =>
      timed(signed.length, async () => {
        for (let from = 0; from < signed.length; from += 64) {
          const valid = await Promise.all(signed.slice(from, from + 64).map(isValid));
          if (!valid.every(Boolean)) throw new Error('a signature of the log does not verify');
        }
      }),
  };
}

function hashing(encoded: readonly Uint8Array[]): Contender {
  return {
    round: () =>
      timed(encoded.length, () => {
        for (const bytes of encoded) createHash('sha256').update(bytes).digest();
        return Promise.resolve();
      }),
  };
}

async function timed(nodes: number, work: () => Promise<void>) {
  const startedAt = performance.now();
  await work();
  const elapsedMs = performance.now() - startedAt;
  return { latenciesMs: [elapsedMs], elapsedMs, figures: { nodesPerSecond: (nodes / elapsedMs) * 1000 } };
}
