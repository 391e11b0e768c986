import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { explainStatements } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import {
  appendNodes,
  getProvenanceByCommit,
  getProvenanceRecord,
  linkProvenanceToCommit,
  listProvenanceRecords,
  recordVerdict,
  verifyLog,
  verifyRecords,
  type VerdictToRecord,
} from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { nodeToAppend } from '../log/support/nodes.ts';
import { judge } from './support/readme-records.ts';
import { useRecords, verdict } from './support/records.ts';

const { inTenant, newTenant, logOf, record, administer, withEveryRight } = useRecords(24);

/** What a JavaScript caller may pass, whatever the types say. */
const unchecked = (fields: object): Partial<VerdictToRecord> => fields;

describe('recordVerdict', () => {
  it('appends the whole verdict to the log, and keeps it as a record', async () => {
    const tenant = newTenant();
    const createdAt = new Date('2026-03-01T12:34:56.789Z');
    const full = verdict({
      id: randomUUID(),
      entityId: 'VERDICT-001',
      decisionType: 'require_modification',
      judgeVerdicts: { ada: { score: 0.3, ['__proto__']: 1 } },
      claimVerification: { claims: [] },
      metadata: { run: 7 },
      gitCommitHash: 'a'.repeat(64),
      constitutionalRefs: ['CAWS:Section4.2'],
      specHash: 'c0ffee',
      description: 'One line',
      evidenceCompleteness: 85,
      createdAt,
    });
    const { node, record: stored } = await inTenant(tenant, (tx) => recordVerdict(tx, full, testSigner));
    expect(await logOf(tenant)).toEqual([node]);
    expect(node).toMatchObject({ entityType: 'verdict', entityId: 'VERDICT-001', evidenceCompleteness: 85 });
    expect(JSON.parse(Buffer.from(node.content).toString())).toEqual({
      task_id: full.taskId,
      decision_type: 'require_modification',
      decision_data: full.decisionData,
      consensus_score: 0.29,
      judge_verdicts: full.judgeVerdicts,
      caws_compliance: full.cawsCompliance,
      claim_verification: { claims: [] },
      metadata: { run: 7 },
      git_commit_hash: 'a'.repeat(64),
    });
    expect(stored).toMatchObject({
      verdictId: node.id,
      taskId: full.taskId,
      consensusScore: 0.29,
      decisionData: full.decisionData,
      claimVerification: { claims: [] },
      gitCommitHash: 'a'.repeat(64),
      gitTrailer: `Provenance-Node: ${node.id}\nProvenance-Hash: ${node.hashChain}\n`,
      signature: node.signature,
      timestamp: createdAt,
    });
    await inTenant(tenant, async (tx) => {
      expect(await getProvenanceRecord(tx, { verdictId: node.id })).toEqual(stored);
      expect(await verifyRecords(tx)).toEqual({ valid: true, checked: 1, violationCount: 0, violations: [] });
      expect(await verifyLog(tx)).toMatchObject({ valid: true, checked: 1 });
    });
  });

  it('derives from any number of nodes, and is there exactly when the transaction commits', async () => {
    const tenant = newTenant();
    const evidence = Array.from({ length: 40 }, () => nodeToAppend({ entityType: 'waiver' }));
    const reason = new Error('changed my mind');
    const work = (end: () => void) =>
      inTenant(tenant, async (tx) => {
        await appendNodes(tx, evidence, testSigner);
        const recorded = await recordVerdict(
          tx,
          verdict({ parents: evidence.map(({ id }) => id) }),
          testSigner,
        );
        end();
        return recorded;
      });
    await expect(
      work(() => {
        throw reason;
      }),
    ).rejects.toBe(reason);
    expect(await logOf(tenant)).toEqual([]);
    const { node, record: stored } = await work(() => undefined);
    expect(node.parents.map(({ id }) => id)).toEqual(evidence.map(({ id }) => id));
    expect(stored).toMatchObject({ judgeVerdicts: {}, metadata: {}, claimVerification: undefined });
    expect(stored.timestamp.getTime()).toBeCloseTo(Date.now(), -5);
  });

  it('takes a score for what it is in hundredths', async () => {
    const tenant = newTenant();
    const scores = [0, 1, 0.1 + 0.2, 0.07, 0.58, -0];
    const stored = await inTenant(tenant, async (tx) => {
      const recorded: number[] = [];
      for (const consensusScore of scores) {
        const { record: kept } = await recordVerdict(tx, verdict({ consensusScore }), testSigner);
        recorded.push(kept.consensusScore);
      }
      return recorded;
    });
    expect(stored).toEqual([0, 1, 0.3, 0.07, 0.58, 0]);
  });

  it('lists every problem of bad input before it asks the database, and quotes no content', async () => {
    await inTenant(newTenant(), async (tx) => {
      const executeQuery = vi.spyOn(tx.getExecutor(), 'executeQuery');
      const bad = unchecked({
        taskId: 'secret',
        decisionData: { secret: 'secret\0' },
        consensusScore: 2,
        parents: ['secret'],
      });
      const refused = await recordVerdict(tx, verdict(bad), testSigner).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'taskId', problems: 4 } });
      const { message } = refused as Error;
      for (const field of ['taskId', 'decisionData', 'consensusScore', 'parents.0'])
        expect(message).toContain(field);
      expect(message).not.toContain('secret');
      expect(executeQuery).not.toHaveBeenCalled();
    });
  });

  it.each<[string, object, string]>([
    [
      'a parent twice',
      { parents: ['22222222-2222-4222-8222-222222222222', '22222222-2222-4222-8222-222222222222'] },
      'NODE_INVALID',
    ],
    ['more than a node holds', { metadata: { a: 'x'.repeat(1_048_500) } }, 'NODE_INVALID'],
    ['a parent that is nowhere', { parents: ['22222222-2222-4222-8222-222222222222'] }, 'PARENT_NOT_FOUND'],
  ])('refuses %s, as appendNodes does', async (_what, fields, code) => {
    const tenant = newTenant();
    await expect(record(tenant, unchecked(fields))).rejects.toMatchObject({ code });
    expect(await logOf(tenant)).toEqual([]);
  });

  it('refuses a verdict a second time', async () => {
    const tenant = newTenant();
    const { node } = await record(tenant);
    await expect(record(tenant, { id: node.id })).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION' });
    await expect(record(tenant, { entityId: node.entityId })).rejects.toMatchObject({
      code: 'UNIQUE_VIOLATION',
    });
  });
});

describe('getProvenanceRecord, listProvenanceRecords', () => {
  it('finds the record of a verdict, and of no other tenant', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const { record: stored } = await record(tenant);
    const get = (tenantId: string, verdictId: string) =>
      inTenant(tenantId, (tx) => getProvenanceRecord(tx, { verdictId }));
    expect(await get(tenant, stored.verdictId)).toEqual(stored);
    await expect(get(other, stored.verdictId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(get(tenant, 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await inTenant(other, (tx) => listProvenanceRecords(tx))).toEqual({
      records: [],
      next: undefined,
    });
  });

  it('lists a page at a time, the latest decision first, also of one task', async () => {
    const tenant = newTenant();
    const tasks = [randomUUID(), randomUUID()] as const;
    const ids = await inTenant(tenant, async (tx) => {
      const recorded: string[] = [];
      for (let at = 0; at < 7; at += 1) {
        const createdAt = new Date(Date.UTC(2026, 0, 1) - Math.floor(at / 2));
        const fields = verdict({ taskId: tasks[at % 2] ?? '', createdAt });
        recorded.push((await recordVerdict(tx, fields, testSigner)).record.verdictId);
      }
      return recorded;
    });
    const pages = async (taskId?: string): Promise<string[][]> =>
      inTenant(tenant, async (tx) => {
        const found: string[][] = [];
        for (let after: string | undefined; ;) {
          const { records, next } = await listProvenanceRecords(tx, { taskId, limit: 3, after });
          found.push(records.map(({ verdictId }) => verdictId));
          if (next === undefined) return found;
          after = next;
        }
      });
    const byTime = (ofTask: (at: number) => boolean): string[] =>
      ids
        .map((id, at) => ({ id, at }))
        .filter(({ at }) => ofTask(at))
        .sort((a, b) => Math.floor(a.at / 2) - Math.floor(b.at / 2) || (a.id < b.id ? 1 : -1))
        .map(({ id }) => id);
    const all = await pages();
    expect(all.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(all.flat()).toEqual(byTime(() => true));
    expect((await pages(tasks[1])).flat()).toEqual(byTime((at) => at % 2 === 1));
    await inTenant(tenant, async (tx) => {
      for (const page of [{ limit: 0 }, { limit: 1001 }, { after: 'x' }, { taskId: 'x' }])
        await expect(listProvenanceRecords(tx, page)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });

  it('reads over the indexes made for it, however many records there are', async () => {
    const tenant = newTenant();
    await withEveryRight([
      `insert into provenance_records (
        tenant_id, verdict_id, task_id, decision_type, decision_data, consensus_score, caws_compliance,
        git_commit_hash, git_trailer, signature, "timestamp"
      )
      select
        '${tenant}', gen_random_uuid(), md5((at / 10)::text)::uuid, 'accept', '{}', 1, '{}',
        md5(at::text) || '00000000', '', '', now() - at * interval '1 second'
      from generate_series(1, 5000) as record (at)`,
      `insert into git_commits (tenant_id, hash, provenance_record_id)
      select tenant_id, reverse(git_commit_hash), verdict_id from provenance_records where tenant_id = '${tenant}'`,
      'analyze provenance_records, git_commits',
    ]);
    const plans = await inTenant(tenant, (tx) =>
      explainStatements(tx, async () => {
        await listProvenanceRecords(tx);
        await listProvenanceRecords(tx, { taskId: randomUUID() });
        await getProvenanceByCommit(tx, 'a'.repeat(40));
      }),
    );
    const indexes = plans.map((nodes) => nodes.flatMap((node) => node['Index Name'] ?? []));
    expect(indexes[0]).toEqual(['idx_provenance_records_timestamp']);
    expect(indexes[1]).toEqual(['idx_provenance_records_task_id']);
    expect(indexes[2]?.sort()).toEqual([
      'git_commits_pkey',
      'idx_provenance_records_git_commit_hash',
      'provenance_records_pkey',
    ]);
  });
});

describe('README.md, of records', () => {
  it('shows the example as it is, and one that runs', async () => {
    const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
    const example = (await read('support/readme-records.ts')).replaceAll(/^export /gm, '');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
    const waiver = nodeToAppend({ entityType: 'waiver' });
    const records = await inTenant(newTenant(), async (tx) => {
      await appendNodes(tx, [waiver], testSigner);
      return judge(tx, [waiver.id], testSigner);
    });
    expect(records).toMatchObject([{ decisionType: 'accept', consensusScore: 0.9 }]);
  });
});

describe('the records', () => {
  it('are changed by nobody: not by the application, nor by an owner without ceremony', async () => {
    const tenant = newTenant();
    const { node } = await record(tenant);
    await inTenant(tenant, (tx) => linkProvenanceToCommit(tx, { verdictId: node.id, hash: '3'.repeat(40) }));
    for (const statement of [
      `update provenance_records set decision_type = 'reject'`,
      'delete from provenance_records',
      `update git_commits set provenance_record_id = provenance_record_id`,
      'delete from git_commits',
      'truncate git_commits, provenance_records',
    ]) {
      await expect(
        inTenant(tenant, (tx) => sql.raw(statement).execute(tx)),
        statement,
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      await expect(administer(statement), statement).rejects.toThrow();
    }
  });

  it('say what the log says, or are not taken', async () => {
    const tenant = newTenant();
    const { node } = await record(tenant);
    const bare = nodeToAppend();
    await inTenant(tenant, (tx) => appendNodes(tx, [bare], testSigner));
    const copy = (verdictId: string) => sql`
      insert into provenance_records (
        verdict_id, task_id, decision_type, decision_data, consensus_score, caws_compliance, git_trailer, signature, "timestamp"
      )
      select ${verdictId}, task_id, decision_type, decision_data, consensus_score, caws_compliance, git_trailer, signature, "timestamp"
      from provenance_records where verdict_id = ${node.id}
    `;
    await expect(inTenant(tenant, (tx) => copy(bare.id).execute(tx))).rejects.toMatchObject({
      details: { sqlState: 'AAREC' },
    });
  });

  it('are found out, column by column, where somebody with every right changed them', async () => {
    const tenant = newTenant();
    const changes: Readonly<Record<string, string>> = {
      task_id: 'gen_random_uuid()',
      decision_type: `'reject'`,
      decision_data: `'{"reasons": []}'`,
      consensus_score: '0.3',
      judge_verdicts: `'[]'`,
      caws_compliance: `(repeat('[', 200) || repeat(']', 200))::jsonb`,
      claim_verification: `'{}'`,
      metadata: `'{"a": 1}'`,
      git_commit_hash: `repeat('b', 40)`,
      git_trailer: `'Provenance-Node: x'`,
      signature: `'x'`,
      timestamp: `"timestamp" + interval '1 microsecond'`,
    };
    const ids = await inTenant(tenant, async (tx) => {
      const recorded: string[] = [];
      for (let at = 0; at <= Object.keys(changes).length + 1; at += 1)
        recorded.push((await recordVerdict(tx, verdict(), testSigner)).node.id);
      return recorded;
    });
    const check = () => inTenant(tenant, (tx) => verifyRecords(tx));
    expect(await check()).toEqual({ valid: true, checked: ids.length, violationCount: 0, violations: [] });
    await withEveryRight([
      ...Object.entries(changes).map(
        ([column, value], at) =>
          `update provenance_records set "${column}" = ${value} where verdict_id = '${ids[at] ?? ''}'`,
      ),
      `delete from caws_provenance_graph where id = '${ids.at(-1) ?? ''}'`,
    ]);
    const expected = [...Object.keys(changes), undefined, 'verdict_id']
      .map((column, at) => ({ verdictId: ids[at] ?? '', column }))
      .filter(({ column }) => column !== undefined)
      .sort((x, y) => (x.verdictId < y.verdictId ? -1 : 1));
    expect(await check()).toEqual({
      valid: false,
      checked: ids.length,
      violationCount: expected.length,
      violations: expected,
    });
  });

  it('are counted to the last, and listed to the hundredth', async () => {
    const tenant = newTenant();
    await inTenant(tenant, async (tx) => {
      for (let at = 0; at < 52; at += 1) await recordVerdict(tx, verdict(), testSigner);
    });
    await withEveryRight([
      `update provenance_records set signature = 'x', git_trailer = 'x' where tenant_id = '${tenant}'`,
    ]);
    const report = await inTenant(tenant, (tx) => verifyRecords(tx));
    expect(report).toMatchObject({ valid: false, checked: 52, violationCount: 104 });
    expect(report.violations).toHaveLength(100);
  });
});
