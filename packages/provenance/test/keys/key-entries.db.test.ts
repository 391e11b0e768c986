import type { TenantTransaction } from '@agent-agency/db-core';
import { createTestTenants, useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  admitKey,
  admitSigningKey,
  appendKeyStatement,
  appendNodes,
  listSigningKeys,
  readKeyRing,
  revokeSigningKey,
  rotateSigningKey,
  type Signer,
  verifyLog,
} from '../../src/index.ts';
import { alice, bob, carol, root } from '../fixtures/key-log.ts';
import { nodeToAppend, storedLog } from '../log/support/nodes.ts';
import { delegate } from './support/readme-keys.ts';

const app = useApplication(testDatabase());
const createdAt = new Date('2026-01-01T00:00:00Z');
const trusted = [root];
const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

const sign = (tenant: string, signer: Signer): Promise<unknown> =>
  app.inTenant(tenant, (tx) => appendNodes(tx, [nodeToAppend()], signer));

/** Violations for somebody who trusts the root only. */
const found = async (tenant: string): Promise<unknown[]> => {
  const { violations } = await app.inTenant(tenant, (tx) => verifyLog(tx, { keys: trusted }));
  return violations.map(({ seq, kind }) => [seq, kind]);
};

describe('admitSigningKey', () => {
  it('lets a root delegate to a local key for a time, which then signs nodes and nothing else', async () => {
    const tenant = await app.newTenant();
    const validUntil = new Date('2026-02-01T00:00:00Z');
    const record = await app.inTenant(tenant, (tx) =>
      admitSigningKey(
        tx,
        { key: alice, purposes: ['nodes'], validUntil, authorities: [root], createdAt },
        alice,
      ),
    );
    expect(record).toMatchObject({
      seq: 1,
      entityType: 'key',
      entityId: `admit/${alice.keyId}`,
      parents: [],
    });
    await sign(tenant, alice);
    expect(await found(tenant)).toEqual([]);
    await expect(
      app.inTenant(tenant, (tx) => admitSigningKey(tx, { key: bob, authorities: [alice], createdAt }, alice)),
    ).rejects.toMatchObject({ code: 'KEY_STATEMENT_INVALID', details: { reason: 'not-authorized' } });
    await app.inTenant(tenant, (tx) => appendNodes(tx, [nodeToAppend({ createdAt: validUntil })], alice));
    expect(await found(tenant)).toEqual([[3, 'key-not-valid']]);
    // Who trusts whatever is registered is told as well: the log says for how long.
    expect(await app.inTenant(tenant, (tx) => verifyLog(tx))).toMatchObject({
      violations: [{ seq: 3, kind: 'key-not-valid' }],
    });
  });

  it('writes nothing that would not be believed', async () => {
    const tenant = await app.newTenant();
    const admission = { authorities: [root], createdAt, trusted };
    await app.inTenant(tenant, (tx) => admitSigningKey(tx, { ...admission, key: alice }, root));
    const elsewhere = await admitKey({ tenantId: 'another', key: bob, authorities: [root] });
    const refused: [string, (tx: TenantTransaction) => Promise<unknown>][] = [
      ['admitted-before', (tx) => admitSigningKey(tx, { ...admission, key: alice }, root)],
      ['not-authorized', (tx) => admitSigningKey(tx, { ...admission, key: bob, authorities: [carol] }, root)],
      ['unknown-key', (tx) => admitSigningKey(tx, { ...admission, key: bob }, carol)],
      ['malformed-statement', (tx) => appendKeyStatement(tx, { content: {}, createdAt }, root)],
      ['other-tenant', (tx) => appendKeyStatement(tx, { content: elsewhere, createdAt }, root)],
    ];
    for (const [reason, attempt] of refused)
      await expect(app.inTenant(tenant, attempt)).rejects.toMatchObject({
        code: 'KEY_STATEMENT_INVALID',
        details: { reason },
      });
    await expect(
      app.inTenant(tenant, (tx) =>
        admitSigningKey(tx, { ...admission, key: bob, createdAt: new Date(Number.NaN) }, root),
      ),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await app.inTenant(tenant, storedLog)).toHaveLength(1);
    expect(await app.inTenant(tenant, listSigningKeys)).toHaveLength(2);
  });

  it('takes a statement that a key service signed before there was a transaction, as README.md shows', async () => {
    const example = (await read('support/readme-keys.ts')).replaceAll(/^export /gm, '');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
    await createTestTenants(app.database, 'acme');
    await delegate(app.manager, { root, local: alice }, nodeToAppend({ createdAt: new Date() }));
    expect(await found('acme')).toEqual([]);
    expect(await app.inTenant('acme', listSigningKeys)).toEqual([
      { keyId: alice.keyId, publicKey: alice.publicKey },
    ]);
  });
});

describe('rotateSigningKey', () => {
  it('puts one key in the place of another, by the word of both, and says from which nodes that follows', async () => {
    const tenant = await app.newTenant();
    await sign(tenant, root);
    const [first, second] = await app.inTenant(tenant, async (tx) => [
      await rotateSigningKey(tx, { from: root, to: alice, createdAt }),
      await rotateSigningKey(tx, { from: alice, to: bob, createdAt }),
    ]);
    expect(second.parents).toEqual([{ id: first.id, hash: first.hashChain }]);
    await sign(tenant, bob);
    expect(await found(tenant)).toEqual([]);
    await sign(tenant, alice);
    await sign(tenant, root);
    expect(await found(tenant)).toEqual([
      [5, 'key-not-valid'],
      [6, 'key-not-valid'],
    ]);
  });

  it('gives the new key the purposes of the old one, on the word of a root where those do not suffice', async () => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, (tx) =>
      admitSigningKey(tx, { key: alice, purposes: ['nodes'], authorities: [root], createdAt }, root),
    );
    const rotation = { from: alice, to: bob, createdAt };
    await expect(app.inTenant(tenant, (tx) => rotateSigningKey(tx, rotation))).rejects.toMatchObject({
      details: { reason: 'not-authorized' },
    });
    await app.inTenant(tenant, (tx) => rotateSigningKey(tx, { ...rotation, authorities: [root] }));
    const ring = await app.inTenant(tenant, (tx) => readKeyRing(tx, trusted));
    expect(ring.list().map(({ keyId, purposes, validThrough }) => [keyId, purposes, validThrough])).toEqual([
      [root.keyId, undefined, undefined],
      [alice.keyId, ['nodes'], 2],
      [bob.keyId, ['nodes'], undefined],
    ]);
  });
});

describe('revokeSigningKey', () => {
  it('revokes from what comes next on, or from a number of the past', async () => {
    const tenant = await app.newTenant();
    const revocation = { keyId: alice.keyId, reason: 'The laptop was lost.', authorities: [root], createdAt };
    await app.inTenant(tenant, (tx) =>
      admitSigningKey(tx, { key: alice, authorities: [root], createdAt }, root),
    );
    await sign(tenant, alice);
    await app.inTenant(tenant, (tx) => revokeSigningKey(tx, revocation, alice));
    expect(await found(tenant)).toEqual([]);
    await expect(
      app.inTenant(tenant, (tx) => rotateSigningKey(tx, { from: alice, to: bob, createdAt })),
    ).rejects.toMatchObject({ details: { reason: 'not-authorized' } });
    await expect(
      app.inTenant(tenant, (tx) => admitSigningKey(tx, { key: bob, authorities: [root], createdAt }, alice)),
    ).rejects.toMatchObject({ details: { reason: 'revoked-key' } });
    await sign(tenant, alice);
    await app.inTenant(tenant, (tx) => revokeSigningKey(tx, { ...revocation, fromSeq: 2 }, root));
    expect(await found(tenant)).toEqual([
      [4, 'revoked-key'],
      [2, 'revoked-key'],
    ]);
    await expect(
      app.inTenant(tenant, (tx) => revokeSigningKey(tx, { ...revocation, fromSeq: 2 }, root)),
    ).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION' });
  });
});

describe('readKeyRing', () => {
  it('sees the keys of one tenant only [T1]', async () => {
    const [a, b] = [await app.newTenant(), await app.newTenant()];
    await app.inTenant(a, (tx) => admitSigningKey(tx, { key: alice, authorities: [root], createdAt }, root));
    const keysOf = async (tenant: string): Promise<string[]> =>
      (await app.inTenant(tenant, (tx) => readKeyRing(tx))).list().map(({ keyId }) => keyId);
    expect(await keysOf(a)).toEqual([root.keyId, alice.keyId]);
    expect(await keysOf(b)).toEqual([]);
  });
});
