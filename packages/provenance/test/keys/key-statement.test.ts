import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { KeyContent } from '../../src/keys/sign-key-statement.ts';
import { canonicalize, type JsonValue, readSignedKeyStatement } from '../../src/verify.ts';
import { seededSigner, testTenant } from '../fixtures/chain.ts';
import { admission, alice, bob, revocation, root } from '../fixtures/key-log.ts';
import vector from './key-vector.json' with { type: 'json' };

const admitted = await admission(alice, {
  purposes: ['nodes', 'checkpoints', 'nodes'],
  validFrom: new Date(0),
  validUntil: new Date('2026-01-01T00:00:00Z'),
  replaces: root.keyId,
});
const revoked = await revocation(alice, 7);

const read = (content: JsonValue): ReturnType<typeof readSignedKeyStatement> =>
  readSignedKeyStatement(canonicalize(content));

/** The content with its statement changed. */
const stating = (content: KeyContent, change: object): JsonValue => ({
  ...content,
  payload: { ...(content['payload'] as object), ...change } as JsonValue,
});

/** The content with a member of its statement left out. */
const without = (content: KeyContent, member: string): JsonValue => ({
  ...content,
  payload: Object.fromEntries(
    Object.entries(content['payload'] as Record<string, JsonValue>).filter(([name]) => name !== member),
  ),
});

describe('readSignedKeyStatement', () => {
  it('reads what was said, and by whom', () => {
    expect(read(admitted)).toMatchObject({
      statement: {
        kind: 'admit',
        tenantId: testTenant,
        key: {
          keyId: alice.keyId,
          publicKey: alice.publicKey,
          purposes: ['checkpoints', 'nodes'],
          validFromMicros: 0n,
          validUntilMicros: 1_767_225_600_000_000n,
        },
        replaces: root.keyId,
      },
    });
    expect([...(read(admitted)?.signatures.keys() ?? [])]).toEqual([alice.keyId, root.keyId]);
    expect(read(revoked)?.statement).toEqual({
      kind: 'revoke',
      tenantId: testTenant,
      keyId: alice.keyId,
      fromSeq: 7,
      reason: 'The laptop was lost.',
    });
  });

  it('reads the vector, whose bytes FORMAT.md prints', async () => {
    const local = seededSigner(
      Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'),
    );
    const content = await admission(local, {
      purposes: ['nodes'],
      validFrom: new Date(1_760_000_000_000),
      validUntil: new Date(1_760_086_400_000),
    });
    expect(new TextDecoder().decode(canonicalize(content))).toBe(vector.content);
    expect(new TextDecoder().decode(read(content)?.message)).toBe(vector.message);
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    for (const shown of [vector.content, vector.message]) expect(text).toContain(`\n${shown}\n`);
  });

  const key = { id: alice.keyId, public_key: Buffer.from(alice.publicKey).toString('base64') };
  const [first, second] = admitted['signatures'] as readonly { keyid: string; sig: string }[];

  it.each<[string, JsonValue]>([
    ['a list', [admitted]],
    ['a statement that is not signed', admitted['payload'] ?? null],
    ['one with more than payload and signatures', { ...admitted, note: '' }],
    ['without payload', { signatures: admitted['signatures'] ?? null, more: 1 }],
    ['signatures that are no list', { ...admitted, signatures: { first, second } as never }],
    ['nobody who has signed', { ...admitted, signatures: [] }],
    ['a signature that is none', { ...admitted, signatures: [null] }],
    ['a signature with more than it needs', { ...admitted, signatures: [{ ...first, more: 1 }] as never }],
    [
      'a signature in another spelling',
      { ...admitted, signatures: [{ ...first, sig: first?.sig.slice(0, -1) }] as never },
    ],
    ['a key that signs twice', { ...admitted, signatures: [first, second, first] as never }],
    [
      'a thousand signatures',
      { ...admitted, signatures: Array.from({ length: 1000 }, (_, at) => ({ keyid: String(at), sig: '' })) },
    ],
    ['another statement', stating(admitted, { statement: 'trust' })],
    ['a member that is not known', stating(admitted, { critical: true })],
    ['no tenant', without(admitted, 'tenant')],
    ['no key', without(admitted, 'key')],
    ['a key with more than it has', stating(admitted, { key: { ...key, name: 'alice' } })],
    ['a key in another spelling', stating(admitted, { key: { ...key, public_key: `${key.public_key}\n` } })],
    ['no purposes', without(admitted, 'purposes')],
    ['purposes of which there are none', stating(admitted, { purposes: [] })],
    ['a purpose twice', stating(admitted, { purposes: ['nodes', 'nodes'] })],
    ['purposes in another order', stating(admitted, { purposes: ['nodes', 'checkpoints'] })],
    ['a purpose that is not known', stating(admitted, { purposes: ['nodes', 'root'] })],
    ['a period in numbers', stating(admitted, { valid_from: 0 })],
    ['a period with a sign', stating(admitted, { valid_from: '+1' })],
    ['a period with a leading zero', stating(admitted, { valid_from: '01' })],
    ['a period of minus nothing', stating(admitted, { valid_from: '-0' })],
    ['a period of a million digits', stating(admitted, { valid_until: '9'.repeat(1_000_000) })],
    ['a null', stating(admitted, { replaces: null })],
    ['a revocation from nowhere', without(revoked, 'from_seq')],
    ['from number 0', stating(revoked, { from_seq: 0 })],
    ['from between two numbers', stating(revoked, { from_seq: 1.5 })],
    ['from a number in a text', stating(revoked, { from_seq: '1' })],
    ['from a number beyond 2^53', stating(revoked, { from_seq: 2 ** 53 })],
    ['of no key', without(revoked, 'key_id')],
    ['for no reason', without(revoked, 'reason')],
    ['with the terms of an admission', stating(revoked, { purposes: ['nodes'] })],
  ])('refuses %s', (_, content) => {
    expect(read(admitted)).toBeDefined();
    expect(read(content)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['nothing', new Uint8Array()],
    ['no JSON', Buffer.from('{')],
    ['white space', Buffer.from(JSON.stringify(revoked, undefined, 1))],
    ['members in another order', Buffer.from(JSON.stringify({ signatures: [], payload: {} }))],
    ['text in place of bytes', '{}'],
    ['a million brackets', Buffer.alloc(1_000_000, '[')],
  ])('refuses %s', (_, content) => {
    expect(readSignedKeyStatement(content as Uint8Array)).toBeUndefined();
  });

  it('takes sixteen signatures, of whomever they are', () => {
    const signatures = Array.from({ length: 16 }, (_, at) => ({ keyid: String(at), sig: '' }));
    expect(read({ ...admitted, signatures })?.signatures.size).toBe(16);
    expect(read({ ...admitted, signatures: [...signatures, { keyid: bob.keyId, sig: '' }] })).toBeUndefined();
  });
});
