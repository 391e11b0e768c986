import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendNodes, hashNode, type NodeToAppend, type ProvenanceNode } from '../../src/index.ts';
import { arbitraryNode } from '../fixtures/arbitrary-node.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { nodeToAppend, storedLog } from './support/nodes.ts';

const app = useApplication(testDatabase());

/**
 * The instants that PostgreSQL's calendar and 64 bits of microseconds since 1970 have in common, but the very last, for
 * which extract() is not exact.
 */
const createdAtMicros = fc.oneof(
  fc.bigInt({ min: -210_866_803_200_000_000n, max: 2n ** 63n - 2n }),
  fc.bigInt({ min: 1_700_000_000_000_000n, max: 1_800_000_000_000_000n }),
  fc.constantFrom(0n, -1n, 1n, -210_866_803_200_000_000n, 2n ** 63n - 2n),
);

/** What the database makes of a node that it has not stored. */
function sqlHash(node: ProvenanceNode) {
  const row = {
    tenant_id: node.tenantId,
    seq: node.seq,
    previous_hash: node.previousHash,
    id: node.id,
    entity_type: node.entityType,
    entity_id: node.entityId,
    parent_ids: node.parents.map(({ id }) => id),
    parent_hashes: node.parents.map(({ hash }) => hash),
    content: `\\x${Buffer.from(node.content).toString('hex')}`,
    constitutional_refs: node.constitutionalRefs,
    spec_hash: node.specHash,
    description: node.description,
    evidence_completeness: hundredths(node.evidenceCompleteness),
    budget_adherence: hundredths(node.budgetAdherence),
    gate_integrity: hundredths(node.gateIntegrity),
    provenance_clarity: hundredths(node.provenanceClarity),
    signing_key_id: node.signingKeyId,
  };
  // Days and the rest of a day: to_timestamp() counts in floating point.
  const day = 86_400_000_000n;
  return sql<{ hash: string }>`
    with instant as (
      select (
        timestamp 'epoch' + make_interval(days => ${node.createdAtMicros / day}::integer)
        + ${node.createdAtMicros % day}::bigint * interval '1 microsecond'
      ) at time zone 'UTC' as created_at
    )
    select app.provenance_node_hash(
      jsonb_populate_record(
        null::caws_provenance_graph,
        ${JSON.stringify(row)}::jsonb || jsonb_build_object('created_at', instant.created_at)
      )
    ) as hash
    from instant
  `;
}

function hundredths(value: number | undefined): string | undefined {
  return value === undefined ? undefined : (value / 100).toFixed(2);
}

describe('app.provenance_node_hash', () => {
  it('is hashNode, for any node', async () => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, (tx) =>
      fc.assert(
        fc.asyncProperty(arbitraryNode, createdAtMicros, async (fields, micros) => {
          const node = { ...fields, createdAtMicros: micros };
          const { rows } = await sqlHash(node).execute(tx);
          expect(rows).toEqual([{ hash: hashNode(node) }]);
        }),
        { numRuns: 300 },
      ),
    );
  });
});

const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''));
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const score = optional(fc.integer({ min: 0, max: 100 }));

const arbitraryNodeToAppend: fc.Arbitrary<NodeToAppend> = fc
  .record({
    id: fc.uuid(),
    entityType: fc.constantFrom('verdict', 'waiver', 'gate', 'spec', 'budget', 'policy'),
    entityId: fc.uuid().chain((unique) => text.map((value) => `${unique}${value}`)),
    content: fc
      .dictionary(text, fc.jsonValue({ stringUnit: 'binary' }))
      .filter((content) => !JSON.stringify(content).includes('\\u0000')),
    constitutionalRefs: optional(fc.array(text, { maxLength: 4 })),
    specHash: optional(text),
    description: optional(text),
    evidenceCompleteness: score,
    budgetAdherence: score,
    gateIntegrity: score,
    provenanceClarity: score,
    createdAt: fc.date({ min: new Date('-004712-01-01T00:00:00Z'), noInvalidDate: true }),
  })
  .map((fields) => nodeToAppend(fields as NodeToAppend));

describe('appendNodes', () => {
  it('stores any node so that the database agrees on its hash and it is read back as it was', async () => {
    const batches = fc.array(fc.tuple(fc.array(arbitraryNodeToAppend, { maxLength: 5 }), fc.boolean()), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        const tenant = await app.newTenant();
        const appended = [];
        for (const [nodes, isRotated] of given) {
          const signer = isRotated ? otherSigner : testSigner;
          appended.push(...(await app.inTenant(tenant, (tx) => appendNodes(tx, nodes, signer))));
        }
        expect(await app.inTenant(tenant, storedLog)).toEqual(appended);
      }),
      { numRuns: 30 },
    );
  });
});
