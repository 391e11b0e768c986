import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  countEvidence,
  demonstrateCapabilities,
  listEvidence,
  putEvidence,
  removeEvidence,
  type Evidence,
  type EvidencePage,
  type EvidenceSelection,
} from '../../src/index.ts';
import { demonstration, registerAgents, uuidOf } from '../support/fixtures.ts';

const app = useApplication(testDatabase());

/** A tenant with one agent, and its capability's id. */
async function tenantWithCapability(): Promise<{ tenant: string; capabilityId: string }> {
  const tenant = await app.newTenant();
  const [capability] = await app.inTenant(tenant, async (tx) => {
    await registerAgents(tx, ['a']);
    return demonstrateCapabilities(tx, [demonstration()]);
  });
  return { tenant, capabilityId: capability?.id ?? '' };
}
const evidence = (capabilityId: string, fields: Partial<Evidence> = {}): Evidence => ({
  capabilityId,
  chunkId: uuidOf(1),
  chunkType: 'commit',
  mention: 'adds a parser',
  method: 'subject_verb',
  confidence: 0.8,
  ...fields,
});
const put = (tenantId: string, ...given: Evidence[]) =>
  app.inTenant(tenantId, (tx) => putEvidence(tx, given));
const count = (tenantId: string) => app.inTenant(tenantId, countEvidence);
const stored = (tenantId: string) =>
  app.inTenant(tenantId, (tx) =>
    tx.selectFrom('entity_chunk_mappings').selectAll().orderBy('start_position').execute(),
  );

let shared: { tenant: string; capabilityId: string };
beforeAll(async () => {
  shared = await tenantWithCapability();
});

describe('putEvidence', () => {
  it('stores evidence with and without a range', async () => {
    const { tenant, capabilityId } = await tenantWithCapability();
    await expect(
      put(tenant, evidence(capabilityId, { range: [0, 5] }), evidence(capabilityId)),
    ).resolves.toEqual({ created: 2 });
    const common = { tenant_id: tenant, entity_id: capabilityId, chunk_id: uuidOf(1), chunk_type: 'commit' };
    await expect(stored(tenant)).resolves.toMatchObject([
      {
        ...common,
        start_position: 0,
        end_position: 5,
        extraction_method: 'subject_verb',
        extraction_confidence: '0.80',
      },
      { ...common, start_position: null, end_position: null, mention_text: 'adds a parser' },
    ]);
  });
  it('stores the same once, in one call and over several', async () => {
    const { tenant, capabilityId } = await tenantWithCapability();
    const same = evidence(capabilityId);
    const ranged = evidence(capabilityId, { range: [3, 9] });
    await expect(put(tenant, same, same, ranged, ranged)).resolves.toEqual({ created: 2 });
    await expect(put(tenant, same, ranged)).resolves.toEqual({ created: 0 });
    await expect(put(tenant, { ...same, confidence: 0.1, method: 'manual' })).resolves.toEqual({
      created: 0,
    });
    expect((await stored(tenant)).map((row) => row.extraction_confidence)).toEqual(['0.80', '0.80']);
  });
  it('tells chunks, ranges and mentions apart', async () => {
    const { tenant, capabilityId } = await tenantWithCapability();
    const given = [
      evidence(capabilityId),
      evidence(capabilityId, { chunkId: uuidOf(2) }),
      evidence(capabilityId, { mention: 'Adds a parser' }),
      evidence(capabilityId, { range: [0, 1] }),
      evidence(capabilityId, { range: [0, 2] }),
      evidence(capabilityId, { range: [1, 2] }),
    ];
    await expect(put(tenant, ...given)).resolves.toEqual({ created: given.length });
  });
  it('stores the longest mention and the greatest range', async () => {
    const { tenant, capabilityId } = await tenantWithCapability();
    const mention = '界'.repeat(16_384);
    await expect(
      put(tenant, evidence(capabilityId, { mention, range: [2_147_483_646, 2_147_483_647] })),
    ).resolves.toEqual({ created: 1 });
    await expect(stored(tenant)).resolves.toMatchObject([
      { mention_text: mention, end_position: 2_147_483_647 },
    ]);
    await expect(
      put(tenant, evidence(capabilityId, { mention, range: [2_147_483_646, 2_147_483_647] })),
    ).resolves.toEqual({ created: 0 });
  });
  it.each([
    ['an empty range', { range: [5, 5] }, /0\.range/],
    ['a range that runs back', { range: [5, 4] }, /0\.range/],
    ['a range before the chunk', { range: [-1, 4] }, /0\.range\.0/],
    ['half a position', { range: [0, 1.5] }, /0\.range\.1/],
    ['a range beyond integer', { range: [0, 2_147_483_648] }, /0\.range\.1/],
    ['half a range', { range: [1] as unknown as [number, number] }, /0\.range/],
    ['an empty mention', { mention: '' }, /0\.mention/],
    ['an empty context', { context: '' }, /0\.context/],
    ['a mention of 16,385', { mention: 'm'.repeat(16_385) }, /0\.mention/],
    ['a mention with NUL', { mention: '\0' }, /0\.mention/],
    [
      'a confidence of three decimals',
      { confidence: 0.695 },
      /0\.confidence: must have at most two decimals/,
    ],
    ['a confidence above 1', { confidence: 1.5 }, /0\.confidence/],
    ['an unknown method', { method: 'guess' as 'manual' }, /0\.method/],
    ['an unknown chunk type', { chunkType: 'photo' as 'code' }, /0\.chunkType/],
    ['a chunk without a UUID', { chunkId: 'x' }, /0\.chunkId/],
    ['a capability without a UUID', { capabilityId: 'x' }, /0\.capabilityId/],
  ] as [string, Partial<Evidence>, RegExp][])(
    'refuses %s and writes nothing',
    async (_what, fields, message) => {
      const { tenant, capabilityId } = shared;
      await expect(put(tenant, evidence(capabilityId, fields), evidence(capabilityId))).rejects.toMatchObject(
        {
          code: 'INVALID_INPUT',
          message: matching(message),
        },
      );
      await expect(count(tenant)).resolves.toBe(0);
    },
  );
  it('refuses a capability that is not there, or not in the tenant', async () => {
    const { tenant, capabilityId } = await tenantWithCapability();
    const other = await tenantWithCapability();
    for (const unknown of [uuidOf(7), other.capabilityId]) {
      await expect(put(tenant, evidence(capabilityId), evidence(unknown))).rejects.toMatchObject({
        code: 'CAPABILITY_NOT_FOUND',
        message: matching(/1\.capabilityId/),
      });
    }
    await expect(count(tenant)).resolves.toBe(0);
    await expect(count(other.tenant)).resolves.toBe(0);
  });
  it('stores what concurrent callers put, whatever its order, once', async () => {
    const { tenant, capabilityId } = await tenantWithCapability();
    const given = Array.from({ length: 1000 }, (_, place) =>
      evidence(capabilityId, { chunkId: uuidOf(place) }),
    );
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, caller) => put(tenant, ...(caller % 2 ? given : given.toReversed()))),
    );
    expect(results.reduce((sum, result) => sum + result.created, 0)).toBe(1000);
    await expect(count(tenant)).resolves.toBe(1000);
  });
});

describe('countEvidence', () => {
  it("counts the tenant's evidence only", async () => {
    const one = await tenantWithCapability();
    const other = await tenantWithCapability();
    await put(one.tenant, evidence(one.capabilityId), evidence(one.capabilityId, { mention: 'x' }));
    await expect(count(one.tenant)).resolves.toBe(2);
    await expect(count(other.tenant)).resolves.toBe(0);
  });
});

describe('listEvidence and removeEvidence', () => {
  const list = (page: EvidencePage, tenantId = shared.tenant) =>
    app.inTenant(tenantId, (tx) => listEvidence(tx, page));
  const remove = (selection: EvidenceSelection, tenantId = shared.tenant) =>
    app.inTenant(tenantId, (tx) => removeEvidence(tx, selection));
  /** 6 pieces in 3 transactions, in 2 chunks, of each of 2 capabilities. */
  async function fill(): Promise<[string, string]> {
    const capabilities = await app.inTenant(shared.tenant, (tx) =>
      demonstrateCapabilities(tx, [demonstration({ name: 'one' }), demonstration({ name: 'two' })]),
    );
    const [one = '', two = ''] = capabilities.map(({ id }) => id);
    for (const place of [0, 1, 2]) {
      const pieces = [one, two].flatMap((id) =>
        [50, 51].map((chunk) =>
          evidence(id, { chunkId: uuidOf(chunk), range: [place, place + 7], context: `around ${place}` }),
        ),
      );
      await put(shared.tenant, ...pieces);
    }
    return [one, two];
  }
  it('list a capability’s, or a chunk’s, newest first and down to the characters', async () => {
    const [one] = await fill();
    const { evidence: ofOne, next } = await list({ capabilityId: one });
    expect(next).toBeUndefined();
    expect(ofOne.map(({ range }) => range?.[0])).toEqual([2, 2, 1, 1, 0, 0]);
    expect(ofOne[0]).toEqual({
      ...{ ...evidence(one), id: expect.any(String) as string, createdAt: expect.any(Date) as Date },
      ...{ chunkId: expect.stringMatching(/3[23]$/) as string, range: [2, 9], context: 'around 2' },
    });
    const { evidence: ofChunk } = await list({ chunkId: uuidOf(50) });
    expect(ofChunk).toHaveLength(6);
    await expect(list({ capabilityId: one, chunkId: uuidOf(50) })).resolves.toMatchObject({
      evidence: ofChunk.filter((piece) => piece.capabilityId === one),
    });
    const paged: string[] = [];
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const page = await list({ capabilityId: one, limit: 4, ...(after !== undefined && { after }) });
      paged.push(...page.evidence.map(({ id }) => id));
      after = page.next;
    }
    expect(paged).toEqual(ofOne.map(({ id }) => id));
  });
  it('remove what is named, of this tenant, and leave the counts as they are', async () => {
    const [one, two] = await fill();
    const before = await count(shared.tenant);
    const { evidence: pieces } = await list({ capabilityId: one });
    const ids = pieces.slice(0, 2).map(({ id }) => id);
    const { tenant: other } = await tenantWithCapability();
    for (const selection of [{ ids }, { capabilityId: one }, { chunkId: uuidOf(50) }])
      await expect(remove(selection, other)).resolves.toEqual({ removed: 0 });
    await expect(remove({ ids, capabilityId: two })).resolves.toEqual({ removed: 0 });
    await expect(remove({ ids })).resolves.toEqual({ removed: 2 });
    await expect(remove({ capabilityId: two, chunkId: uuidOf(51) })).resolves.toEqual({ removed: 3 });
    await expect(remove({ capabilityId: one })).resolves.toEqual({ removed: 4 });
    await expect(count(shared.tenant)).resolves.toBe(before - 9);
  });
  it('refuse to take everything, and bad input', async () => {
    await expect(list({})).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/name a/) });
    await expect(remove({})).rejects.toMatchObject({ code: 'INVALID_INPUT', message: matching(/name a/) });
    await expect(list({ chunkId: 'x', limit: 0 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/chunkId.*limit/),
    });
    for (const after of ['1', `1.${'-'.repeat(36)}`])
      await expect(list({ chunkId: uuidOf(1), after })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: matching(/after/),
      });
  });
});
