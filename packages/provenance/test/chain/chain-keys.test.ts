import { describe, expect, it } from 'vitest';
import {
  canonicalize,
  type JsonValue,
  type ProvenanceNodeRecord,
  type PublicKeyRecord,
  verifyChain,
  type VerifyChainOptions,
} from '../../src/verify.ts';
import { at, replaceAt, testTenant } from '../fixtures/chain.ts';
import { admission, alice, bob, carol, keyLog, revocation, root } from '../fixtures/key-log.ts';

/** Violations as `seq kind`, a range as `first-last kind`. */
async function found(
  records: readonly ProvenanceNodeRecord[],
  options: Partial<VerifyChainOptions> = {},
): Promise<string[]> {
  const report = await verifyChain(records, { tenantId: testTenant, keys: [root], ...options });
  return report.violations.map(({ seq, lastSeq, kind }) =>
    [seq, ...(lastSeq === undefined ? [] : [lastSeq])].join('-').concat(` ${kind}`),
  );
}

/** When the node of a number says that it was made. */
const momentOf = (seq: number): Date => new Date(1_760_000_000_000 + seq * 1000);

const rotation = (from: typeof root, to: typeof root): ReturnType<typeof admission> =>
  admission(to, { replaces: from.keyId, authorities: [from] });

describe('verifyChain, keys of the log', () => {
  it('believes keys that trusted ones admit, and nobody before', async () => {
    expect(await found(await keyLog(admission(alice), alice, root, alice))).toEqual([]);
    expect(await found(await keyLog(alice, admission(alice), alice))).toEqual(['1 unknown-key']);
  });

  it('takes the node that admits a key from that key: a root need not sign nodes', async () => {
    const keys = [{ ...root, purposes: ['keys'] as const }];
    const log = await keyLog({ by: alice, content: admission(alice) }, alice);
    expect(await found(log, { keys })).toEqual([]);
    expect(await found(replaceAt(log, 1, { signature: at(log, 2).signature }), { keys })).toEqual([
      '1 bad-signature',
    ]);
    const own = await keyLog({ by: alice, content: admission(alice, { authorities: [] }) });
    expect(await found(own, { keys })).toEqual(['1 bad-key-statement', '1 unknown-key']);
  });

  it('follows rotations, each signed by the old key and the new', async () => {
    const log = await keyLog(
      root,
      { by: root, content: rotation(root, alice) },
      { by: alice, content: rotation(alice, bob) },
      bob,
      { by: bob, content: rotation(bob, carol) },
      carol,
    );
    expect(await found(log)).toEqual([]);
    const late = await keyLog(
      rotation(root, alice),
      root,
      alice,
      { by: alice, content: rotation(alice, bob) },
      alice,
    );
    expect(await found(late)).toEqual(['2 key-not-valid', '5 key-not-valid']);
  });

  it('holds a key to its period', async () => {
    const log = await keyLog(
      admission(alice, { validFrom: momentOf(3), validUntil: momentOf(5) }),
      alice,
      alice,
      alice,
      alice,
    );
    expect(await found(log)).toEqual(['2 key-not-valid', '5 key-not-valid']);
  });

  it('holds a key to its purposes', async () => {
    const log = await keyLog(
      admission(alice, { purposes: ['keys'] }),
      alice,
      admission(bob, { purposes: ['nodes'], authorities: [alice] }),
      bob,
      admission(carol, { authorities: [bob] }),
      carol,
    );
    expect(await found(log)).toEqual(['2 key-not-valid', '5 bad-key-statement', '6 unknown-key']);
  });

  it('takes an admission with which a delegation has run out for none', async () => {
    const log = await keyLog(
      admission(alice, { validUntil: momentOf(3) }),
      admission(bob, { authorities: [alice] }),
      admission(carol, { authorities: [alice] }),
    );
    expect(await found(log)).toEqual(['3 bad-key-statement']);
  });

  it('asks of a key that is trusted anyway what its admission says, from there on', async () => {
    const log = await keyLog(alice, admission(alice, { purposes: ['keys'] }), alice);
    expect(await found(log, { keys: [root, alice] })).toEqual(['3 key-not-valid']);
  });

  it('takes the terms on which a key is trusted from outside', async () => {
    const log = await keyLog(root, root, admission(alice), root);
    const terms = (given: Partial<PublicKeyRecord>): Partial<VerifyChainOptions> => ({
      keys: [{ ...root, ...given }],
    });
    expect(await found(log, terms({ purposes: ['nodes', 'keys'] }))).toEqual([]);
    expect(await found(log, terms({ purposes: ['nodes'] }))).toEqual(['3 bad-key-statement']);
    expect(await found(log, terms({ validUntilMicros: at(log, 4).createdAtMicros }))).toEqual([
      '4 key-not-valid',
    ]);
    expect(await found(log, terms({ validFromMicros: at(log, 2).createdAtMicros }))).toEqual([
      '1 key-not-valid',
    ]);
  });
});

describe('verifyChain, revocations', () => {
  it('finds what a revoked key signs from then on', async () => {
    const log = await keyLog(admission(alice), alice, revocation(alice, 5), alice, alice, root, alice);
    expect(await found(log)).toEqual(['5 revoked-key', '7 revoked-key']);
  });

  it('names what it signed before, from a number of the past on, where it is revoked', async () => {
    const log = await keyLog(admission(alice), alice, root, alice, alice, root, revocation(alice, 4), alice);
    expect(await found(log)).toEqual(['4-5 revoked-key', '8 revoked-key']);
    const { violations } = await verifyChain(log, { tenantId: testTenant, keys: [root] });
    expect(violations[0]).toEqual({
      seq: 4,
      lastSeq: 5,
      id: undefined,
      kind: 'revoked-key',
      message: `What ${alice.keyId} signed from number 4 to number 5 is revoked.`,
    });
  });

  it('names nothing when the key signed nothing since', async () => {
    expect(await found(await keyLog(admission(alice), alice, root, revocation(alice, 3)))).toEqual([]);
  });

  it('lets the keys fall that were admitted on its word alone, and theirs', async () => {
    const log = await keyLog(
      admission(alice), // 1
      admission(bob, { authorities: [alice] }),
      admission(carol, { authorities: [bob] }),
      bob, // 4
      carol,
      revocation(alice, 2),
      bob, // 7
      carol,
    );
    expect(await found(log)).toEqual([
      '4-4 revoked-key',
      '5-5 revoked-key',
      '7 revoked-key',
      '8 revoked-key',
    ]);
  });

  it('leaves keys that somebody else vouched for as well, or that were admitted before', async () => {
    const log = await keyLog(
      admission(alice),
      admission(bob, { authorities: [alice] }),
      admission(carol, { authorities: [alice, root] }),
      revocation(alice, 3),
      bob,
      carol,
    );
    expect(await found(log)).toEqual([]);
  });

  it('leaves keys that are trusted anyway', async () => {
    const log = await keyLog(
      admission(alice),
      admission(bob, { authorities: [alice] }),
      revocation(alice, 2),
      bob,
    );
    expect(await found(log)).toEqual(['4 revoked-key']);
    // For nodes only: otherwise it would be one of those who vouch for it.
    expect(await found(log, { keys: [root, { ...bob, purposes: ['nodes'] }] })).toEqual([]);
  });

  it('lets a key revoke itself', async () => {
    const log = await keyLog(
      admission(alice),
      { by: alice, content: revocation(alice, 3, { authorities: [alice] }) },
      alice,
    );
    expect(await found(log)).toEqual(['3 revoked-key']);
    const past = { by: alice, content: revocation(alice, 2, { authorities: [alice] }) };
    expect(await found(await keyLog(admission(alice), alice, past))).toEqual([
      '2-2 revoked-key',
      '3 revoked-key',
    ]);
  });
});

describe('verifyChain, statements about keys', () => {
  const but = (content: object, change: object): Promise<never> =>
    Promise.resolve({ ...content, ...change } as never);

  it('says at its place that a statement is not believed, and goes on without it', async () => {
    const content = await admission(alice);
    const signed = content['signatures'] as readonly JsonValue[];
    const refused = {
      'of another tenant': admission(alice, { tenantId: 'globex' }),
      'without the proof that somebody has the key': but(content, { signatures: signed.slice(1) }),
      'without a signature of anybody who may': admission(alice, { authorities: [] }),
      'on the word of a stranger': admission(alice, { authorities: [bob] }),
      'with the signature of another statement': but(await admission(alice, { purposes: ['nodes'] }), {
        signatures: signed,
      }),
      'that is none': but({}, { statement: 'admit' }),
      'that replaces a key nobody knows': admission(alice, { replaces: bob.keyId }),
      'that revokes a key nobody knows': revocation(bob, 1),
    };
    const messages = new Set<string>();
    for (const [what, statement] of Object.entries(refused)) {
      const report = await verifyChain(await keyLog(root, statement, alice), {
        tenantId: testTenant,
        keys: [root],
      });
      expect(report.violations, what).toMatchObject([
        { seq: 2, kind: 'bad-key-statement' },
        { seq: 3, kind: 'unknown-key' },
      ]);
      messages.add(report.violations[0]?.message ?? '');
    }
    expect(messages.size).toBe(6);
  });

  it('refuses an admission that is said again, by somebody who may sign nodes and found it in the log', async () => {
    const log = await keyLog(
      admission(alice),
      rotation(alice, bob),
      { by: bob, content: admission(alice) },
      alice,
    );
    expect(await found(log)).toEqual(['3 bad-key-statement', '4 key-not-valid']);
  });

  it('believes a statement whose node was changed, since others have signed it', async () => {
    const log = await keyLog(admission(alice), alice);
    expect(await found(replaceAt(log, 1, { description: 'forged' }))).toEqual(['1 hash-mismatch']);
  });

  it('finds a changed statement, and who signed on the strength of it', async () => {
    const content = canonicalize({ ...(await admission(bob)) });
    expect(await found(replaceAt(await keyLog(admission(alice), alice), 1, { content }))).toEqual([
      '1 hash-mismatch',
      '2 unknown-key',
    ]);
  });

  it('reads a whole batch in order: a key may sign right after it is admitted', async () => {
    const log = await keyLog(admission(alice), alice, revocation(alice, 3), alice);
    expect(await found(log)).toEqual(['4 revoked-key']);
    const forged = replaceAt(log, 2, { signature: at(log, 1).signature });
    const report = await verifyChain([forged], { tenantId: testTenant, keys: [root] });
    expect(report.violations.map(({ seq, kind }) => [seq, kind])).toEqual([
      [2, 'bad-signature'],
      [4, 'revoked-key'],
    ]);
  });
});
