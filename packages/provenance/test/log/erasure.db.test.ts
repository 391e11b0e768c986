import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFromEnv, ConnectionPoolManager } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import {
  concludeErasure,
  createLocalFileKeys,
  createSubjectCipher,
  forgetSubject,
  hashSubject,
  type LocalFileKeys,
  rewrapDataKeys,
  type SealedForSubject,
  type SignedReceipt,
  TenantKeyRing,
  verifyReceipt,
} from '@agent-agency/tenancy';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  appendNodes,
  type CheckpointRecord,
  checkpoint,
  exportBundle,
  logLeafHash,
  proveInclusionOf,
  type ProvenanceNodeRecord,
  readHead,
  readLog,
  verifyBundle,
  verifyChain,
  verifyInclusion,
} from '../../src/index.ts';
import { testSigner, trusted } from '../fixtures/chain.ts';
import { nodesToAppend, nodeToAppend, storedLog, vectorOf } from './support/nodes.ts';
import { openSealed } from './support/open-sealed.ts';

const app = useApplication(testDatabase());
const operator = new ConnectionPoolManager();

/** An id that stands for nobody else, so that it can be looked for anywhere. */
const ADA = 'ada.lovelace@example.org';
const GRACE = 'grace@example.org';
const REMARK = { name: 'Ada Lovelace', remark: 'Too costly.' };

let folder: string;
let keys: LocalFileKeys;
let keyRing: TenantKeyRing;
let tenantId: string;

/** A node whose content has something sealed in it. */
interface Personal {
  readonly id: string;
  readonly sealed: SealedForSubject;
}
let [ofAda, ofGrace]: [Personal | undefined, Personal | undefined] = [undefined, undefined];

/** The log, and what has been handed out of it. */
interface Evidence {
  readonly log: readonly ProvenanceNodeRecord[];
  readonly checkpoint: CheckpointRecord;
  readonly bundle: string;
}
let before: Evidence | undefined;
let [dumpBefore, dumpAfter]: [Dump, Dump] = [new Map(), new Map()];
let receipt: SignedReceipt | undefined;

const placeOf = (id: string) => ({ table: 'caws_provenance_graph', column: 'content', row: id });

/** A verdict with a remark that only its author's key opens. */
async function recordRemark(subjectId: string): Promise<Personal> {
  const id = crypto.randomUUID();
  return app.inTenant(tenantId, async (tx) => {
    const cipher = createSubjectCipher(tx, keyRing);
    const sealed = await cipher.seal({ subjectId, place: placeOf(id), value: REMARK });
    const content = { decision: 'reject', reviewer: { ...sealed } };
    await appendNodes(tx, [nodeToAppend({ id, content, embedding: vectorOf(1) })], testSigner);
    return { id, sealed };
  });
}

const opened = ({ id, sealed }: Personal) =>
  app.inTenant(tenantId, (tx) => createSubjectCipher(tx, keyRing).open(placeOf(id), sealed));

/** Every row of the database, by table, as the administrator sees it. */
type Dump = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

function dump(): Promise<Dump> {
  return withSession(app.database.url, async (session) => {
    const tables = await session.query(`
      select oid::regclass::text as name from pg_class
      where relkind in ('r', 'm') and relispopulated and relnamespace in ('public'::regnamespace, 'app'::regnamespace)`);
    const contents = new Map<string, Readonly<Record<string, unknown>>[]>();
    for (const { name } of tables.rows) {
      const { rows } = await session.query(`select to_jsonb(item) as row from ${String(name)} as item`);
      contents.set(
        String(name),
        rows.map(({ row }) => row as Record<string, unknown>),
      );
    }
    return contents;
  });
}

/** What a dump gives of a value to somebody who has every key-encryption-key. */
async function openFrom(contents: Dump, { id, sealed }: Personal): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const row of [...contents.values()].flat()) {
    const { wrapped_key: wrapped, kek_id: kekId, id: keyId, tenant_id: owner } = row;
    if (typeof wrapped !== 'string') continue;
    const stored = { kekId: String(kekId), wrapped: Buffer.from(wrapped.slice('\\x'.length), 'hex') };
    const key = await keys.unwrap({ tenantId: String(owner), keyId: String(keyId) }, stored);
    const value = openSealed(key, sealed, { tenantId, ...placeOf(id) });
    if (value !== undefined) found.push(value);
  }
  return found;
}

/** What a test needs, and `beforeAll` has made. */
function made<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is nothing before beforeAll');
  return value;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provenance-test-'));
  keys = createLocalFileKeys(folder);
  keyRing = new TenantKeyRing(keys);
  tenantId = await app.newTenant();
  await app.inTenant(tenantId, (tx) => appendNodes(tx, nodesToAppend(3), testSigner));
  await app.inTenant(tenantId, (tx) =>
    sql`insert into agent_profiles (id, name, model_family) values (${ADA}, 'Ada Lovelace', 'human')`.execute(
      tx,
    ),
  );
  [ofAda, ofGrace] = [await recordRemark(ADA), await recordRemark(GRACE)];
  const bundled = [ofAda.id, ofGrace.id];
  const signed = await app.inTenant(tenantId, (tx) =>
    checkpoint(tx, { deployment: 'log.example.com', signer: testSigner }),
  );
  before = await app.inTenant(tenantId, async (tx) => ({
    log: await storedLog(tx),
    checkpoint: made(signed),
    bundle: await exportBundle(tx, { ids: bundled }),
  }));
  dumpBefore = await dump();
  operator.initialize({
    ...configFromEnv({ DATABASE_URL: app.database.url }),
    allowPrivilegedRole: true,
    min: 0,
  });
  const erasure = await operator.withSystem('tests', (tx) =>
    forgetSubject(tx, { tenantId, subjectId: ADA, reason: 'asked for it' }),
  );
  receipt = await concludeErasure(erasure, { signer: testSigner });
  dumpAfter = await dump();
});

afterAll(async () => {
  await operator.shutdown();
  await rm(folder, { recursive: true, force: true });
});

describe('a log, after one of its subjects is forgotten', () => {
  it('is what it was, to the byte', async () => {
    const { log } = made(before);
    expect(await app.inTenant(tenantId, storedLog)).toEqual(log);
    expect(log.map(({ content }) => new TextDecoder().decode(content)).join()).toContain(
      made(ofAda).sealed.sealed,
    );
  });

  it('verifies whole: hashes, signatures, its head and its checkpoint', async () => {
    const { log, checkpoint: signed } = made(before);
    const report = await app.inTenant(tenantId, async (tx) =>
      verifyChain(readLog(tx), {
        ...{ tenantId, keys: trusted, checkpoints: [signed] },
        expectedHead: { seq: log.length, hash: log.at(-1)?.hashChain },
      }),
    );
    expect(report).toMatchObject({ valid: true, violationCount: 0, head: { seq: log.length } });
  });

  it('proves what is unreadable now, by new proofs and by a bundle that somebody had', async () => {
    const [{ log, bundle, checkpoint: signed }, { id }] = [made(before), made(ofAda)];
    const proof = await app.inTenant(tenantId, (tx) => proveInclusionOf(tx, { id, size: signed.size }));
    const leafHash = logLeafHash(made(log.find((node) => node.id === id)).hashChain);
    expect(verifyInclusion({ ...proof, leafHash, root: signed.root })).toEqual({ ok: true });
    const trust = { origin: signed.origin, keys: trusted, ids: [id] };
    expect(verifyBundle(bundle, trust)).toMatchObject({ ok: true });
    const again = app.inTenant(tenantId, (tx) => exportBundle(tx, { ids: [id, made(ofGrace).id] }));
    expect(await again).toBe(bundle);
  });

  it('opens for the others only, and goes on for the one who comes back', async () => {
    expect(await opened(made(ofAda))).toEqual({ state: 'destroyed' });
    expect(await opened(made(ofGrace))).toEqual({ state: 'open', value: REMARK });
    const back = await recordRemark(ADA);
    expect(await opened(back)).toEqual({ state: 'open', value: REMARK });
    expect(await opened(made(ofAda))).toEqual({ state: 'destroyed' });
    const head = await app.inTenant(tenantId, readHead);
    expect(head.seq).toBe(made(before).log.length + 1);
  });
});

describe('forgetting a subject of a log', () => {
  it('gives a complete receipt, which counts the key and does not name the subject', () => {
    const { body } = made(receipt);
    expect(body).toMatchObject({
      ...{ kind: 'subject', complete: true, retained: [], subjectKeys: 1 },
      subjectSha256: hashSubject(tenantId, ADA),
    });
    expect(body.tables).toContainEqual(
      expect.objectContaining({ table: 'provenance_embeddings', deleted: 1, remaining: 0 }),
    );
    expect(body.tables).toContainEqual(
      expect.objectContaining({ table: 'caws_provenance_graph', deleted: 0, remaining: 0 }),
    );
    expect(JSON.stringify(receipt)).not.toContain(ADA);
    expect(verifyReceipt(made(receipt), testSigner.publicKey)).toBe(true);
  });

  it('leaves neither its id nor its digest anywhere, whatever way they are written', () => {
    const digest = hashSubject(tenantId, ADA);
    const spellings = [ADA, Buffer.from(ADA).toString('hex'), Buffer.from(ADA).toString('base64'), digest];
    const foundIn = (contents: Dump): string[] => {
      const text = JSON.stringify([...contents]);
      return spellings.filter((spelling) => text.includes(spelling));
    };
    expect(foundIn(dumpBefore)).toEqual([ADA, digest]);
    expect(foundIn(dumpAfter)).toEqual([]);
  });

  it('leaves nothing that opens what was sealed, also for who has a dump and the key-encryption-key', async () => {
    expect(await openFrom(dumpBefore, made(ofAda))).toEqual([REMARK]);
    expect(await openFrom(dumpAfter, made(ofAda))).toEqual([]);
    expect(await openFrom(dumpAfter, made(ofGrace))).toEqual([REMARK]);
  });

  it('takes the older dump with it once the key-encryption-key is rotated', async () => {
    await keys.rotate(tenantId);
    await app.inTenant(tenantId, (tx) => rewrapDataKeys(tx, { from: keys, to: keys }));
    await keys.destroyOlder(tenantId);
    await expect(openFrom(dumpBefore, made(ofAda))).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    keyRing.clear();
    expect(await opened(made(ofGrace))).toEqual({ state: 'open', value: REMARK });
  });
});
