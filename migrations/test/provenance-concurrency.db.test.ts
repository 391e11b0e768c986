import type { SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { openSession, untilLockAwaited } from './support/databases.ts';
import { appendNodes, type Node } from './support/provenance-node.ts';
import { createTenants, queryOne, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { TestLog } from './support/test-log.ts';

const database = testDatabase();
const log = new TestLog(database);
const refused = (code: string) => ({ code });

describe.skipIf(database.kind === 'pglite')('app.lock_provenance_head', () => {
  const lock = (session: SqlSession): Promise<Record<string, unknown>> =>
    queryOne(session, 'select head_seq, head_hash from app.lock_provenance_head()');

  it('says where the log ends, also when it is empty', async () => {
    await expect(asTenant(log.application, log.tenant, () => lock(log.application))).resolves.toEqual({
      head_seq: '0',
      head_hash: null,
    });
    const [, second] = await log.fill(2);
    await expect(asTenant(log.application, log.tenant, () => lock(log.application))).resolves.toEqual({
      head_seq: '2',
      head_hash: second?.hash_chain,
    });
  });

  it('refuses whoever has no tenant', async () => {
    await expect(asTenant(log.application, undefined, () => lock(log.application))).rejects.toMatchObject(
      refused('AATNU'),
    );
  });

  it.each([
    [0, 'commit'],
    [0, 'rollback'],
    [2, 'commit'],
    [2, 'rollback'],
  ])(
    'of a log of %i lets the second of two wait, and then see how the first ended: %s',
    async (length, end) => {
      const second = await openSession(database.urlFor('agent_agency_app'));
      const pid = Number(await queryValue(second, 'select pg_backend_pid()'));
      const last = (await log.fill(length)).at(-1);
      const node = log.next(last);
      const undone = new Error('rollback');
      let waiting: Promise<Record<string, unknown>> | undefined;
      const first = asTenant(log.application, log.tenant, async () => {
        await lock(log.application);
        await appendNodes(log.application, node);
        waiting = asTenant(second, log.tenant, () => lock(second));
        await untilLockAwaited(log.administrator, pid);
        if (end === 'rollback') throw undone;
      });
      await (end === 'rollback' ? expect(first).rejects.toBe(undone) : first);
      const final = end === 'rollback' ? last : node;
      await expect(waiting).resolves.toEqual({
        head_seq: String(final?.seq ?? 0),
        head_hash: final?.hash_chain ?? null,
      });
    },
  );

  it('lets others wait before anything is appended', async () => {
    await log.fill(1);
    const second = await openSession(database.urlFor('agent_agency_app'));
    const pid = Number(await queryValue(second, 'select pg_backend_pid()'));
    let waiting: Promise<unknown> | undefined;
    await asTenant(log.application, log.tenant, async () => {
      await lock(log.application);
      waiting = asTenant(second, log.tenant, () => lock(second));
      await untilLockAwaited(log.administrator, pid);
    });
    await waiting;
  });

  it('makes an append that did not ask for the lock wait as well, and be judged by the log as it is then', async () => {
    const second = await openSession(database.urlFor('agent_agency_app'));
    const pid = Number(await queryValue(second, 'select pg_backend_pid()'));
    const node = log.next((await log.fill(1)).at(-1));
    let waiting: Promise<unknown> | undefined;
    await asTenant(log.application, log.tenant, async () => {
      await lock(log.application);
      waiting = asTenant(second, log.tenant, () => appendNodes(second, log.next(node)));
      // A rejection is looked at below; until then it would count as unhandled.
      waiting.catch(() => undefined);
      await untilLockAwaited(log.administrator, pid);
      await appendNodes(log.application, node);
    });
    await expect(waiting).resolves.toBeUndefined();
    await expect(log.head()).resolves.toMatchObject({ seq: '3' });
  });

  it('does not make two tenants wait for each other', async () => {
    const other = `${log.tenant}-other`;
    await createTenants(log.administrator, other);
    const second = await openSession(database.urlFor('agent_agency_app'));
    await asTenant(log.application, log.tenant, async () => {
      await lock(log.application);
      await expect(asTenant(second, other, () => lock(second))).resolves.toMatchObject({ head_seq: '0' });
    });
  });
});

describe.skipIf(database.kind === 'pglite')('two that append at the same time without the lock', () => {
  /** The first appends and ends as told while the second, which appends too, waits. */
  async function race(nodes: { first: Node; second: Node }, end: 'commit' | 'rollback'): Promise<unknown> {
    const other = await openSession(database.urlFor('agent_agency_app'));
    const pid = Number(await queryValue(other, 'select pg_backend_pid()'));
    const undone = new Error('rollback');
    let outcome: Promise<unknown> | undefined;
    await asTenant(log.application, log.tenant, async () => {
      await appendNodes(log.application, nodes.first);
      outcome = asTenant(other, log.tenant, () => appendNodes(other, nodes.second)).then(
        () => 'appended',
        (error: unknown) => (error as { code: unknown }).code,
      );
      await untilLockAwaited(log.administrator, pid);
      if (end === 'rollback') throw undone;
    }).catch((error: unknown) => {
      if (error !== undone) throw error;
    });
    return outcome;
  }

  it.each([0, 1])(
    'at the same place of a log of %i: one is refused, unless the other gives up',
    async (length) => {
      const last = (await log.fill(length)).at(-1);
      const [first, second, third] = [0, 1, 2].map((n) => log.next(last, { entity_id: `racer ${n}` })) as [
        Node,
        Node,
        Node,
      ];
      await expect(race({ first, second }, 'rollback')).resolves.toBe('appended');
      await expect(log.length()).resolves.toBe(length + 1);
      const [fourth, fifth] = [0, 1].map((n) => log.next(second, { entity_id: `racer ${n + 3}` })) as [
        Node,
        Node,
      ];
      await expect(race({ first: fourth, second: fifth }, 'commit')).resolves.toBe('23505');
      await expect(log.append(third)).rejects.toMatchObject(refused('23505'));
      await expect(log.length()).resolves.toBe(length + 2);
    },
  );

  it.each([0, 1])(
    'one after the other in a log of %i: the second goes on from the first, or is refused when that gives up',
    async (length) => {
      const first = log.next((await log.fill(length)).at(-1));
      const second = log.next(first);
      await expect(race({ first, second }, 'rollback')).resolves.toBe('AACHN');
      await expect(race({ first, second }, 'commit')).resolves.toBe('appended');
      await expect(log.head()).resolves.toEqual({ seq: String(length + 2), hash_chain: second.hash_chain });
    },
  );
});
