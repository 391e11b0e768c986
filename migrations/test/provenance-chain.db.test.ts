import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { appendNodes, childOf, nodeAfter, signed } from './support/provenance-node.ts';
import { asTenant } from './support/tenant-context.ts';
import { TestLog } from './support/test-log.ts';

const database = testDatabase();
const log = new TestLog(database);
const refused = (code: string) => ({ code });

describe.skipIf(database.kind === 'pglite')('a node that does not continue the log', () => {
  it('is refused when the log begins with it but should not', async () => {
    await expect(
      log.append(signed({ ...log.next(), seq: 2, previous_hash: '0'.repeat(64) })),
    ).rejects.toMatchObject({
      code: 'AACHN',
      message: 'provenance node 2 does not continue the log, which ends at 0',
    });
  });

  it('is refused after a gap', async () => {
    const [, second] = await log.fill(2);
    await expect(log.append(signed({ ...log.next(second), seq: 4 }))).rejects.toMatchObject({
      code: 'AACHN',
      message: 'provenance node 4 does not continue the log, which ends at 2',
    });
  });

  it('is refused when it forks the log', async () => {
    const [first] = await log.fill(3);
    const fork = log.next(first, { entity_id: 'fork' });
    // Its place is taken: the unique key answers first.
    await expect(log.append(fork)).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'caws_provenance_graph_seq_key',
    });
    await expect(log.append(signed({ ...fork, seq: 4 }))).rejects.toMatchObject(refused('AACHN'));
  });

  it('is refused when it names another hash than the head’s', async () => {
    const [first] = await log.fill(1);
    await expect(
      log.append(signed({ ...log.next(first), previous_hash: 'a'.repeat(64) })),
    ).rejects.toMatchObject(refused('AACHN'));
  });

  it('is refused in a batch with a gap or a broken link, as a whole', async () => {
    const first = log.next();
    const second = log.next(first);
    const third = log.next(second);
    await expect(log.append(first, third)).rejects.toMatchObject({
      code: 'AACHN',
      message: 'provenance node 3 does not continue the log, which ends at 0',
    });
    const unlinked = signed({ ...second, previous_hash: '0'.repeat(64) });
    await expect(log.append(first, unlinked)).rejects.toMatchObject(refused('AACHN'));
    await expect(log.length()).resolves.toBe(0);
  });

  it('is refused before the node that it derives from, also in the same statement', async () => {
    const first = log.next();
    const parent = { id: crypto.randomUUID(), hash_chain: '1'.repeat(64) };
    const child = log.next(first, childOf(first, parent));
    const later = log.next(child, { id: parent.id });
    await expect(log.append(first, child, later)).rejects.toMatchObject({
      code: 'AAPRN',
      message: 'provenance node 2 names a parent that does not stand before it in the log',
    });
    const cycle = log.next(child, { id: parent.id, ...childOf(child) });
    await expect(log.append(first, child, cycle)).rejects.toMatchObject(refused('AAPRN'));
    await expect(log.append(first, child)).rejects.toMatchObject(refused('AAPRN'));
  });

  it('is refused with another hash of a parent than the log has, or a parent twice', async () => {
    const [first, second] = await log.fill(2);
    if (first === undefined || second === undefined) throw new Error('two nodes were appended');
    const wrong = { id: first.id, hash_chain: second.hash_chain };
    await expect(log.append(log.next(second, childOf(wrong)))).rejects.toMatchObject(refused('AAPRN'));
    await expect(log.append(log.next(second, childOf(first, first)))).rejects.toMatchObject(refused('23505'));
    await expect(log.append(log.next(second, childOf(second, first)))).resolves.toBeUndefined();
  });

  it('is refused as its own parent', async () => {
    const id = crypto.randomUUID();
    const own = childOf({ id, hash_chain: '1'.repeat(64) });
    await expect(log.append(log.next(undefined, { id, ...own }))).rejects.toMatchObject({
      code: '23514',
      constraint_name: 'caws_provenance_graph_parents_check',
    });
  });

  it('is refused when the log has its entity already', async () => {
    const [first] = await log.fill(1);
    await expect(log.append(log.next(first, { entity_id: first?.entity_id ?? '' }))).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'unique_entity',
    });
  });
});

describe.skipIf(database.kind === 'pglite')('a batch', () => {
  it('is accepted in whatever order its rows stand, and extends a log', async () => {
    const [first] = await log.fill(1);
    const second = log.next(first);
    const third = log.next(second, childOf(second, ...(first === undefined ? [] : [first])));
    await log.append(third, second);
    await expect(log.head()).resolves.toEqual({ seq: '3', hash_chain: third.hash_chain });
  });

  it('of a thousand nodes is accepted', async () => {
    const nodes = await log.fill(1000);
    await expect(log.head()).resolves.toEqual({ seq: '1000', hash_chain: nodes.at(-1)?.hash_chain });
  });

  it('may hold the nodes of several tenants when an administrator restores them', async () => {
    const other = `${log.tenant}-other`;
    await log.addTenant(other);
    const [own, foreign] = [log.next(), nodeAfter(undefined, { tenant_id: other })];
    await appendNodes(log.administrator, foreign, log.next(own), own);
    await expect(log.head()).resolves.toMatchObject({ seq: '2' });
    await expect(log.head(other)).resolves.toMatchObject({ seq: '1' });
  });
});

describe.skipIf(database.kind === 'pglite')('an append-only table', () => {
  const tables = ['caws_provenance_graph', 'provenance_signing_keys'];
  const statements = tables.flatMap((table) => [
    `update ${table} set created_at = now()`,
    `update ${table} set created_at = now() where false`,
    `delete from ${table}`,
    `truncate ${table} cascade`,
    `merge into ${table} as t using (values (1)) as v (n) on t.created_at is not null when matched then delete`,
  ]);

  it.each(statements)('refuses, whoever asks: %s', async (statement) => {
    await log.fill(1);
    await expect(log.administrator.query(statement)).rejects.toMatchObject(refused('AAAPO'));
    const asOwner = asTenant(log.administrator, log.tenant, async () => {
      await log.administrator.query('set local role agent_agency_owner');
      await log.administrator.query(statement);
    });
    await expect(asOwner).rejects.toMatchObject(refused('AAAPO'));
    await expect(
      asTenant(log.application, log.tenant, () => log.application.query(statement)),
    ).rejects.toMatchObject(refused('42501'));
  });

  it('keeps its tenant: a tenant with a log is not deleted, nor are all tenants', async () => {
    await log.fill(1);
    const deletion = `delete from tenants where id = '${log.tenant}'`;
    await expect(log.administrator.query(deletion)).rejects.toMatchObject(refused('23503'));
    await expect(log.administrator.query('truncate tenants cascade')).rejects.toMatchObject(refused('AAAPO'));
  });

  it('is not changed by an upsert either; a repeated insert may do nothing', async () => {
    const [first] = await log.fill(1);
    const columns =
      'tenant_id, id, seq, entity_type, entity_id, hash_chain, signing_key_id, signature, content, created_at';
    const again = `
      insert into caws_provenance_graph (${columns})
      select ${columns} from caws_provenance_graph where id = '${first?.id ?? ''}'
      on conflict (tenant_id, id) do`;
    await expect(
      log.administrator.query(`${again} update set description = 'changed'`),
    ).rejects.toMatchObject(refused('AAAPO'));
    await asTenant(log.application, log.tenant, () => log.application.query(`${again} nothing`));
    await expect(log.head()).resolves.toEqual({ seq: '1', hash_chain: first?.hash_chain });
  });
});
