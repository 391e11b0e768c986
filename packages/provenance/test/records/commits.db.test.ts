import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  admitKey,
  admitSigningKey,
  appendNodes,
  exportProvJson,
  exportStatement,
  getProvenanceByCommit,
  getProvenanceRecord,
  linkProvenanceToCommit,
  listLinkedCommits,
  type ProvenanceNodeRecord,
  readStatement,
  registerSigningKey,
  revokeSigningKey,
  type Signer,
  type SigningKeyToAdmit,
  toProvJson,
  verifyCommit,
  verifyStatement,
  type VerdictToRecord,
} from '../../src/index.ts';
import { otherSigner, seededSigner, testSigner } from '../fixtures/chain.ts';
import { nodeToAppend } from '../log/support/nodes.ts';
import { commitObject, signedCommit } from './support/commit.ts';
import { useRecords } from './support/records.ts';

const { inTenant, newTenant, logOf, record, withEveryRight } = useRecords(24);

describe('linkProvenanceToCommit, getProvenanceByCommit', () => {
  const [sha1, sha256] = ['1'.repeat(40), '2'.repeat(64)] as const;

  it('links commits of either kind to a verdict, for good', async () => {
    const tenant = newTenant();
    const { record: stored } = await record(tenant);
    const { verdictId } = stored;
    const timestamp = new Date('2026-03-01T00:00:00.001Z');
    await inTenant(tenant, async (tx) => {
      expect(await getProvenanceByCommit(tx, sha1)).toEqual([]);
      const first = { verdictId, hash: sha1, author: 'Ada', message: 'Fix it\n', timestamp };
      expect(await linkProvenanceToCommit(tx, first)).toEqual({ linked: true });
      expect(await linkProvenanceToCommit(tx, { verdictId, hash: sha256 })).toEqual({ linked: true });
      expect(await linkProvenanceToCommit(tx, { verdictId, hash: sha1, author: 'Eve' })).toEqual({
        linked: false,
      });
      const commits = await listLinkedCommits(tx, { verdictId });
      expect(commits.map(({ hash, author, message, timestamp: at }) => [hash, author, message, at])).toEqual([
        [sha1, 'Ada', 'Fix it\n', timestamp],
        [sha256, undefined, undefined, undefined],
      ]);
      for (const hash of [sha1, sha256]) expect(await getProvenanceByCommit(tx, hash)).toEqual([stored]);
      // The link is beside the record: what was signed is as it was [P13].
      expect(await getProvenanceRecord(tx, { verdictId })).toEqual(stored);
    });
  });

  it('finds the verdicts that judged a commit, and the one that it rests on, each once', async () => {
    const tenant = newTenant();
    const createdAt = (day: number) => new Date(Date.UTC(2026, 0, day));
    const [a, b, c] = [
      await record(tenant, { gitCommitHash: sha1, createdAt: createdAt(2) }),
      await record(tenant, { gitCommitHash: sha1, createdAt: createdAt(1), decisionType: 'reject' }),
      await record(tenant, { createdAt: createdAt(3) }),
    ];
    const link = (verdictId: string) =>
      inTenant(tenant, (tx) => linkProvenanceToCommit(tx, { verdictId, hash: sha1 }));
    const found = async () =>
      (await inTenant(tenant, (tx) => getProvenanceByCommit(tx, sha1))).map(({ verdictId }) => verdictId);
    expect(await found()).toEqual([b.node.id, a.node.id]);
    await link(c.node.id);
    expect(await found()).toEqual([b.node.id, a.node.id, c.node.id]);
  });

  it('refuses a commit that rests on another verdict, and lets one of several at once have it', async () => {
    const tenant = newTenant();
    const recorded = [await record(tenant), await record(tenant), await record(tenant)];
    const linking = recorded.map(({ node }) =>
      inTenant(tenant, (tx) => linkProvenanceToCommit(tx, { verdictId: node.id, hash: sha1 })),
    );
    const settled = await Promise.allSettled(linking);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const refused of settled.filter((outcome) => outcome.status === 'rejected'))
      expect(refused.reason).toMatchObject({ name: 'ProvenanceError', code: 'COMMIT_TAKEN' });
    expect(await inTenant(tenant, (tx) => getProvenanceByCommit(tx, sha1))).toHaveLength(1);
  });

  it('refuses a verdict without a record, of another tenant as well, and one that is only in the log', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const { node } = await record(other);
    const bare = nodeToAppend();
    await inTenant(tenant, (tx) => appendNodes(tx, [bare], testSigner));
    for (const verdictId of [node.id, bare.id, randomUUID()])
      await expect(
        inTenant(tenant, (tx) => linkProvenanceToCommit(tx, { verdictId, hash: sha1 })),
      ).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
    // The same commit may be another tenant's as well.
    expect(
      await inTenant(other, (tx) => linkProvenanceToCommit(tx, { verdictId: node.id, hash: sha1 })),
    ).toEqual({ linked: true });
    expect(await inTenant(tenant, (tx) => getProvenanceByCommit(tx, sha1))).toEqual([]);
  });

  it('refuses bad input before it asks the database', async () => {
    const verdictId = randomUUID();
    await inTenant(newTenant(), async (tx) => {
      for (const [field, fields] of [
        ['verdictId', { verdictId: 'x' }],
        ['hash', { hash: 'abc' }],
        ['hash', { hash: `${'a'.repeat(40)}\n` }],
        ['hash', { hash: undefined }],
        ['author', { author: 'x'.repeat(256) }],
        ['message', { message: 'a\0' }],
        ['timestamp', { timestamp: new Date(NaN) }],
      ] as const)
        await expect(
          linkProvenanceToCommit(tx, { verdictId, hash: sha1, ...fields } as never),
        ).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field, problems: 1 } });
      await expect(getProvenanceByCommit(tx, 'HEAD')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });
});

const signerOf = (seed: number): Signer => seededSigner(Buffer.alloc(32, seed));

describe('verifyCommit', () => {
  it('holds for a commit that rests on a node of the log, and says which', async () => {
    const tenant = newTenant();
    const { node } = await record(tenant);
    const commit = await signedCommit(node, testSigner);
    const verify = (bytes: Uint8Array, keys = [testSigner]) =>
      inTenant(tenant, (tx) => verifyCommit(tx, bytes, { keys }));
    expect(await verify(commit)).toEqual({
      ok: true,
      nodeId: node.id,
      hashChain: node.hashChain,
      keyId: testSigner.keyId,
      node,
    });
    expect(await verify(commit, [otherSigner])).toEqual({ ok: false, reason: 'unknown-key' });
  });

  it('believes neither a link, nor a trailer without signature, nor one for what the log does not say [P13]', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const { node, record: stored } = await record(tenant);
    const elsewhere = await record(other);
    const cases: readonly [Uint8Array, string][] = [
      [new Uint8Array([1, 2, 3]), 'malformed-commit'],
      [commitObject('Fix it\n'), 'no-trailer'],
      [commitObject(`Fix it\n\n${stored.gitTrailer}`), 'incomplete-trailer'],
      [await signedCommit({ ...node, id: randomUUID() }, testSigner), 'unknown-node'],
      [await signedCommit({ ...node, hashChain: 'a'.repeat(64) }, testSigner), 'wrong-hash'],
      [await signedCommit(elsewhere.node, testSigner), 'bad-signature'],
      [await signedCommit({ ...elsewhere.node, tenantId: tenant }, testSigner), 'unknown-node'],
    ];
    await inTenant(tenant, async (tx) => {
      for (const [commit, reason] of cases)
        expect(await verifyCommit(tx, commit, { keys: [testSigner] }), reason).toEqual({ ok: false, reason });
    });
  });

  it('trusts the keys that the log admits on the word of trusted ones, and none that it has revoked', async () => {
    const tenant = newTenant();
    const [root, local, witness, stranger] = [testSigner, otherSigner, signerOf(1), signerOf(2)];
    const { node } = await record(tenant);
    const createdAt = new Date();
    const admit = (key: Signer, more: Partial<SigningKeyToAdmit> = {}) => {
      const admission = {
        key,
        purposes: ['nodes'] as const,
        authorities: [root],
        createdAt,
        trusted: [root],
        ...more,
      };
      return inTenant(tenant, (tx) => admitSigningKey(tx, admission, root));
    };
    const verdicts = async (): Promise<(string | undefined)[]> => {
      const commits = await Promise.all(
        [root, local, witness, stranger].map((key) => signedCommit(node, key)),
      );
      return inTenant(tenant, async (tx) => {
        const found: (string | undefined)[] = [];
        for (const commit of commits) {
          const verdict = await verifyCommit(tx, commit, { keys: [root] });
          found.push(verdict.ok ? undefined : verdict.reason);
        }
        return found;
      });
    };
    expect(await verdicts()).toEqual([undefined, 'unknown-key', 'unknown-key', 'unknown-key']);
    await admit(local);
    await admit(witness, { purposes: ['checkpoints'] });
    // On its own word; this the log would not take by itself.
    const ownWord = await admitKey({ tenantId: tenant, key: stranger, authorities: [stranger] });
    await inTenant(tenant, async (tx) => {
      await registerSigningKey(tx, stranger);
      await appendNodes(tx, [nodeToAppend({ entityType: 'key', content: ownWord })], root);
    });
    expect(await verdicts()).toEqual([undefined, undefined, 'unknown-key', 'unknown-key']);
    // A key that is replaced signs no more; what it signed stays signed.
    await admit(signerOf(3), { replaces: local.keyId });
    expect(await verdicts()).toEqual([undefined, undefined, 'unknown-key', 'unknown-key']);
    const revocation = { keyId: local.keyId, fromSeq: 1000, reason: 'lost', authorities: [root], createdAt };
    await inTenant(tenant, (tx) => revokeSigningKey(tx, { ...revocation, trusted: [root] }, root));
    expect(await verdicts()).toEqual([undefined, 'unknown-key', 'unknown-key', 'unknown-key']);
  });

  it('asks what the node says, not what hash is stored beside it', async () => {
    const tenant = newTenant();
    const { node } = await record(tenant);
    const commit = await signedCommit(node, testSigner);
    const verify = () => inTenant(tenant, (tx) => verifyCommit(tx, commit, { keys: [testSigner] }));
    await withEveryRight([`update caws_provenance_graph set description = 'x' where id = '${node.id}'`]);
    expect(await verify()).toEqual({ ok: false, reason: 'wrong-hash' });
    // No node derives from another twice, so this one has no hash at all.
    await withEveryRight([
      `update caws_provenance_graph
      set parent_ids = array_fill(gen_random_uuid(), '{2}'), parent_hashes = array_fill(hash_chain::text, '{2}')
      where id = '${node.id}'`,
    ]);
    expect(await verify()).toEqual({ ok: false, reason: 'wrong-hash' });
  });
});

describe('exportStatement, exportProvJson', () => {
  /** A verdict on a spec and two waivers, with something else between them in the log. */
  async function decided(tenant: string, fields: Partial<VerdictToRecord> = {}) {
    const evidence = [
      nodeToAppend({ entityType: 'spec' }),
      nodeToAppend(),
      ...[1, 2].map(() => nodeToAppend({ entityType: 'waiver' })),
    ];
    const parents = evidence
      .filter(({ entityType }) => entityType !== 'verdict')
      .map(({ id }) => id)
      .reverse();
    await inTenant(tenant, (tx) => appendNodes(tx, evidence, testSigner));
    return record(tenant, { parents, ...fields });
  }

  it('states a verdict with all of its evidence, about the commits that it judged and that rest on it', async () => {
    const tenant = newTenant();
    const [judged, resting] = ['4'.repeat(40), '5'.repeat(64)] as const;
    const { node } = await decided(tenant, { gitCommitHash: judged });
    await inTenant(tenant, (tx) => linkProvenanceToCommit(tx, { verdictId: node.id, hash: resting }));
    const envelope = await inTenant(tenant, (tx) => exportStatement(tx, { verdictId: node.id }, otherSigner));
    for (const gitCommit of [judged, resting])
      expect(verifyStatement(envelope, { keys: [otherSigner], subject: { gitCommit } })).toMatchObject({
        ok: true,
      });
    expect(verifyStatement(envelope, { keys: [testSigner], subject: { gitCommit: judged } })).toMatchObject({
      ok: false,
    });
    const statement = readStatement(Buffer.from(envelope.payload, 'base64'));
    const log = await logOf(tenant);
    expect(statement?.predicate).toMatchObject({
      record: { tenant, hash: node.hashChain, seq: 5 },
      evidence: [3, 2, 0].map((at) => ({
        name: `${log[at]?.entityType ?? ''}/${log[at]?.entityId ?? ''}`,
        uri: `urn:uuid:${log[at]?.id ?? ''}`,
        digest: { sha256: log[at]?.hashChain },
      })),
    });
  });

  it('states a verdict about itself when there is no commit, or about what it is told', async () => {
    const tenant = newTenant();
    const { node } = await decided(tenant);
    await inTenant(tenant, async (tx) => {
      const own = await exportStatement(tx, { verdictId: node.id }, testSigner);
      expect(verifyStatement(own, { keys: [testSigner], subject: { sha256: node.hashChain } }).ok).toBe(true);
      const subjects = [{ digest: { sha256: 'f'.repeat(64) } }];
      const other = await exportStatement(tx, { verdictId: node.id, subjects }, testSigner);
      expect(verifyStatement(other, { keys: [testSigner], subject: { sha256: 'f'.repeat(64) } }).ok).toBe(
        true,
      );
    });
  });

  it('gives nodes as PROV-JSON, as the pure function does', async () => {
    const tenant = newTenant();
    await decided(tenant);
    const log = await logOf(tenant);
    const ids = [4, 0, 3].map((at) => log[at]?.id ?? '');
    const document = await inTenant(tenant, (tx) => exportProvJson(tx, { ids }));
    expect(document).toEqual(toProvJson([log[0], log[3], log[4]] as ProvenanceNodeRecord[]));
    expect(document.entity[`node:${log[2]?.id ?? ''}`]).toEqual({ 'caws:hash': log[2]?.hashChain });
  });

  it('states nothing of a node that is not there, is no verdict, or is not what its hash says', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const { node } = await decided(tenant);
    const [spec, waiver] = [node.parents[2]?.id ?? '', node.parents[0]?.id ?? ''];
    await inTenant(tenant, async (tx) => {
      const state = (verdictId: string) => exportStatement(tx, { verdictId }, testSigner);
      await expect(state(spec)).rejects.toMatchObject({ code: 'STATEMENT_INVALID' });
      await expect(state('x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      const id = randomUUID();
      await expect(state(id)).rejects.toMatchObject({ code: 'NODE_NOT_FOUND', details: { id } });
      for (const ids of [[], ['x'], Array<string>(10_001).fill(node.id)])
        await expect(exportProvJson(tx, { ids })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(exportProvJson(tx, { ids: [node.id, id] })).rejects.toMatchObject({
        code: 'NODE_NOT_FOUND',
        details: { id },
      });
    });
    await expect(inTenant(other, (tx) => exportProvJson(tx, { ids: [node.id] }))).rejects.toMatchObject({
      code: 'NODE_NOT_FOUND',
    });
    await withEveryRight([`update caws_provenance_graph set description = 'x' where id = '${waiver}'`]);
    await inTenant(tenant, async (tx) => {
      const corrupt = { code: 'LOG_CORRUPT', details: { seq: 4 } };
      await expect(exportStatement(tx, { verdictId: node.id }, testSigner)).rejects.toMatchObject(corrupt);
      await expect(exportProvJson(tx, { ids: [waiver] })).rejects.toMatchObject(corrupt);
    });
  });
});
