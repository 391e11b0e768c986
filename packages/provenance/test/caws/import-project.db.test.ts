import { randomUUID } from 'node:crypto';
import { useApplication } from '@agent-agency/db-core/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { draftProject } from '../../src/caws/draft-project.ts';
import { importProject, type ImportedProject } from '../../src/caws/import-project.ts';
import type { CawsDocuments } from '../../src/caws/project.ts';
import { appendNodes, type ProvenanceNodeRecord, verifyLog } from '../../src/index.ts';
import { testSigner } from '../fixtures/chain.ts';
import { storedLog } from '../log/support/nodes.ts';
import {
  fullSpec,
  gateChecks,
  gateWaiver,
  manifest,
  policy,
  publishedSpec,
  titledWaiver,
} from './documents.ts';

const app = useApplication(testDatabase());

/** All that the file needs, made at once. */
let unused: string[] = [];
beforeAll(async () => {
  unused = await app.newTenants(18);
});

function newTenant(): string {
  const tenant = unused.pop();
  if (tenant === undefined) throw new RangeError('make more tenants beforehand');
  return tenant;
}

const everything: CawsDocuments = {
  workingSpec: fullSpec,
  policy,
  waivers: [titledWaiver, { 'WV-0002': gateWaiver, 'WV-0003': { ...gateWaiver, status: 'revoked' } }],
  evaluation: { id: 'VERDICT-001', gates: gateChecks, manifest, constitutionalRefs: ['CAWS:Section4.2'] },
};

const importInto = (tenantId: string, documents: CawsDocuments): Promise<ImportedProject> =>
  app.inTenant(tenantId, (tx) => importProject(tx, documents, testSigner));
const logOf = (tenantId: string) => app.inTenant(tenantId, storedLog);

/** `spec FEAT-0001`: what a node is, without its hash. */
const nameOf = ({ entityType, entityId }: ProvenanceNodeRecord): string =>
  `${entityType} ${entityId.split('@')[0] ?? ''}`;

/** Each node's name, and after it those of its parents. */
function derivations(nodes: readonly ProvenanceNodeRecord[], log = nodes): string[][] {
  const byHash = new Map(log.map((node) => [`${node.id} ${node.hashChain}`, nameOf(node)]));
  return nodes.map((node) => [
    nameOf(node),
    ...node.parents.map(({ id, hash }) => byHash.get(`${id} ${hash}`) ?? 'nothing'),
  ]);
}

describe('importProject', () => {
  it('records every document, parents before children, and a verdict on all that it rests on', async () => {
    const tenant = newTenant();
    const { appended, known } = await importInto(tenant, everything);
    expect(known).toEqual([]);
    expect(await logOf(tenant)).toEqual(appended);
    expect(appended.map(({ id }) => id)).toEqual(draftProject(tenant, everything).map(({ id }) => id));
    expect(derivations(appended)).toEqual([
      ['policy policy'],
      ['spec FEAT-0001'],
      ['budget FEAT-0001', 'spec FEAT-0001'],
      ...['WV-0001', 'WV-0002', 'WV-0003'].map((id) => [`waiver ${id}`, 'spec FEAT-0001']),
      ['gate coverage', 'spec FEAT-0001'],
      ['gate mutation', 'spec FEAT-0001'],
      [
        'verdict VERDICT-001',
        ...['waiver WV-0001', 'waiver WV-0002', 'gate coverage', 'gate mutation'],
        ...['spec FEAT-0001', 'budget FEAT-0001', 'policy policy'],
      ],
    ]);
    expect(await app.inTenant(tenant, (tx) => verifyLog(tx))).toMatchObject({ valid: true, checked: 9 });
  });

  it('records nothing the second time, whatever the order of members and waivers', async () => {
    const tenant = newTenant();
    const { appended } = await importInto(tenant, everything);
    const again = await importInto(tenant, {
      ...everything,
      policy: Object.fromEntries(Object.entries(policy).reverse()),
      waivers: [...(everything.waivers ?? [])].reverse(),
    });
    expect(again.appended).toEqual([]);
    expect([...again.known].sort()).toEqual(appended.map(({ id }) => id).sort());
    expect(await logOf(tenant)).toHaveLength(9);
  });

  it('records once what several import at once', async () => {
    const tenant = newTenant();
    const imports = await Promise.all([1, 2, 3, 4].map(() => importInto(tenant, everything)));
    expect(imports.map(({ appended }) => appended.length).sort()).toEqual([0, 0, 0, 9]);
  });

  it('derives a changed document from the version before it, and leaves the others as they are', async () => {
    const tenant = newTenant();
    await importInto(tenant, everything);
    const retitled = { ...fullSpec, title: 'Another title of it' };
    const [, ...others] = everything.waivers ?? [];
    const { appended } = await importInto(tenant, {
      workingSpec: retitled,
      policy: { ...policy, version: '2.0.0' },
      waivers: [{ ...titledWaiver, status: 'expired' }, ...others],
      evaluation: { id: 'VERDICT-002', manifest },
    });
    const log = await logOf(tenant);
    expect(derivations(appended, log)).toEqual([
      ['policy policy', 'policy policy'],
      ['spec FEAT-0001', 'spec FEAT-0001'],
      ['budget FEAT-0001', 'spec FEAT-0001'],
      ['waiver WV-0001', 'spec FEAT-0001', 'waiver WV-0001'],
      ['verdict VERDICT-002', 'waiver WV-0002', 'spec FEAT-0001', 'budget FEAT-0001', 'policy policy'],
    ]);
    const specs = log.filter(({ entityType }) => entityType === 'spec');
    expect(specs[1]?.parents).toEqual([{ id: specs[0]?.id, hash: specs[0]?.hashChain }]);

    // Back to the first wording: that is recorded. And the one after it comes after the one that was recorded last.
    expect((await importInto(tenant, everything)).appended).toEqual([]);
    const third = await importInto(tenant, {
      ...everything,
      workingSpec: { ...fullSpec, mode: 'fix' },
      evaluation: undefined,
    });
    expect(third.appended[0]?.parents.map(({ id }) => id)).toEqual([specs[1]?.id]);
  });

  it('takes neither another project, nor another document of a longer name, for a version', async () => {
    const tenant = newTenant();
    const changed = { ...publishedSpec, mode: 'fix' };
    const longer = { ...publishedSpec, id: 'FEAT-0001-B' };
    await importInto(tenant, { workingSpec: publishedSpec, project: 'shop' });
    await importInto(tenant, { workingSpec: longer, profile: 'extended' });
    const { appended } = await importInto(tenant, { workingSpec: changed });
    expect(derivations(appended)).toEqual([['spec FEAT-0001'], ['budget FEAT-0001', 'spec FEAT-0001']]);
    const again = await importInto(tenant, { workingSpec: changed, project: 'shop' });
    expect(derivations(again.appended, await logOf(tenant))[0]).toEqual([
      'spec shop/FEAT-0001',
      'spec shop/FEAT-0001',
    ]);
  });

  it('takes nothing of another type for a version, whatever its name', async () => {
    const tenant = newTenant();
    const workingSpec = { ...publishedSpec, id: 'WV-0001' };
    await importInto(tenant, { workingSpec, profile: 'extended' });
    const changed = { workingSpec: { ...workingSpec, mode: 'fix' }, profile: 'extended' } as const;
    const { appended } = await importInto(tenant, { ...changed, waivers: [titledWaiver] });
    expect(derivations(appended, await logOf(tenant))).toEqual([
      ['spec WV-0001', 'spec WV-0001'],
      ['budget WV-0001', 'spec WV-0001'],
      ['waiver WV-0001', 'spec WV-0001'],
    ]);
  });

  it('keeps tenants apart', async () => {
    const [a, b] = [newTenant(), newTenant()];
    await importInto(a, { workingSpec: { ...publishedSpec, mode: 'fix' } });
    const { appended } = await importInto(b, { workingSpec: publishedSpec });
    expect(appended.map(({ parents }) => parents.length)).toEqual([0, 1]);
  });

  it.each<[string, Partial<CawsDocuments>, string[]]>([
    [
      'another manifest',
      { evaluation: { ...everything.evaluation, id: 'VERDICT-001', manifest: { ...manifest, agent: 'b' } } },
      ['verdict VERDICT-001'],
    ],
    [
      'other clauses',
      { evaluation: { ...everything.evaluation, id: 'VERDICT-001', constitutionalRefs: [] } },
      ['verdict VERDICT-001'],
    ],
    ['a waiver less', { waivers: [titledWaiver] }, ['verdict VERDICT-001']],
    [
      'another result of a gate',
      {
        evaluation: {
          ...everything.evaluation,
          id: 'VERDICT-001',
          gates: { ...gateChecks, coverage: { passed: false } },
        },
      },
      ['gate coverage@VERDICT-001'],
    ],
    [
      'another spec',
      { workingSpec: { ...fullSpec, mode: 'fix' } },
      ['gate coverage@VERDICT-001', 'gate mutation@VERDICT-001', 'verdict VERDICT-001'],
    ],
  ])('refuses the name of an evaluation for one with %s, and records nothing', async (_, change, taken) => {
    const tenant = newTenant();
    await importInto(tenant, everything);
    const refused = importInto(tenant, { ...everything, ...change });
    await expect(refused).rejects.toMatchObject({
      code: 'ENTITY_TAKEN',
      details: { entities: taken.length },
    });
    const { message } = (await refused.catch((error: unknown) => error as Error)) as Error;
    expect(message).toContain(`something else: ${taken.join(', ')};`);
    expect(await logOf(tenant)).toHaveLength(9);
  });

  it('derives from an entity that somebody recorded under another id, when it says the same', async () => {
    const tenant = newTenant();
    const entityId = draftProject(tenant, { workingSpec: publishedSpec })[0]?.entityId ?? '';
    const spec = {
      id: randomUUID(),
      entityType: 'spec',
      entityId,
      content: publishedSpec,
      createdAt: new Date(),
    } as const;
    await app.inTenant(tenant, (tx) => appendNodes(tx, [spec], testSigner));
    const { appended, known } = await importInto(tenant, { workingSpec: publishedSpec });
    expect(known).toEqual([spec.id]);
    expect(appended.map(({ entityType, parents }) => [entityType, ...parents.map(({ id }) => id)])).toEqual([
      ['budget', spec.id],
    ]);
    const other = newTenant();
    await app.inTenant(other, (tx) => appendNodes(tx, [{ ...spec, content: {} }], testSigner));
    await expect(importInto(other, { workingSpec: publishedSpec })).rejects.toMatchObject({
      code: 'ENTITY_TAKEN',
      details: { entityType: 'spec', entityId },
    });
  });

  it('takes a verdict on two hundred waivers and gates', async () => {
    const tenant = newTenant();
    const numbers = Array.from({ length: 100 }, (_, at) => String(at).padStart(4, '0'));
    const waivers = [Object.fromEntries(numbers.map((number) => [`WV-${number}`, gateWaiver]))];
    const gates = Object.fromEntries(numbers.map((number) => [`gate-${number}`, { passed: true }]));
    const { appended } = await importInto(tenant, {
      workingSpec: publishedSpec,
      waivers,
      evaluation: { id: 'BIG', gates, manifest },
    });
    expect(appended.at(-1)?.parents).toHaveLength(202);
    expect(await app.inTenant(tenant, (tx) => verifyLog(tx))).toMatchObject({ valid: true, checked: 203 });
  });

  it('writes nothing of documents that are wrong', async () => {
    const tenant = newTenant();
    await expect(importInto(tenant, { workingSpec: { ...publishedSpec, mode: 'x' } })).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
    });
    expect(await logOf(tenant)).toEqual([]);
  });
});
