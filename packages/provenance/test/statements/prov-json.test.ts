import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ProvRecords, toProvJson } from '../../src/statements/prov-json.ts';
import type { ProvenanceNodeRecord } from '../../src/verify.ts';
import { at, buildChain, otherSigner, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const chain = await buildChain(4);
const [first, second, third] = [at(chain, 1), at(chain, 2), at(chain, 3)];
const verdict: ProvenanceNodeRecord = {
  ...at(chain, 4),
  parents: [first, second].map(({ id, hashChain }) => ({ id, hash: hashChain })),
};

/** Every name that relations refer to, by the kind of record that has to be there. */
const references = (records: ProvRecords, role: string): unknown[] =>
  Object.values(records).map((record) => record[role]);

describe('toProvJson', () => {
  it('makes an entity of a node, with hashes in place of its content', () => {
    const node = {
      ...first,
      description: 'Why',
      budgetAdherence: 5,
      constitutionalRefs: ['CAWS:Section4.2'],
    };
    expect(toProvJson([{ ...node, specHash: 'c0ffee' }]).entity[`node:${node.id}`]).toEqual({
      'prov:type': { $: 'caws:waiver', type: 'prov:QUALIFIED_NAME' },
      'prov:label': 'Why',
      'caws:tenant': 'acme',
      'caws:seq': 1,
      'caws:entityId': 'ENTITY-1',
      'caws:hash': node.hashChain,
      'caws:contentHash': createHash('sha256').update(node.content).digest('hex'),
      'caws:constitutionalRef': ['CAWS:Section4.2'],
      'caws:specHash': 'c0ffee',
      'caws:budgetAdherence': { $: '0.05', type: 'xsd:decimal' },
    });
  });

  it('relates a node to its recording, its key and its parents', () => {
    const { id } = verdict;
    const document = toProvJson([first, second, verdict]);
    expect(document.wasGeneratedBy['_:generation4']).toEqual({
      'prov:entity': `node:${id}`,
      'prov:activity': `recording:${id}`,
      'prov:time': '2025-10-09T08:53:24.000004Z',
    });
    expect(document.wasAttributedTo['_:attribution4']).toEqual({
      'prov:entity': `node:${id}`,
      'prov:agent': testSigner.keyId,
    });
    expect(Object.values(document.wasDerivedFrom)).toEqual(
      [first, second].map((parent) => ({
        'prov:generatedEntity': `node:${id}`,
        'prov:usedEntity': `node:${parent.id}`,
        'prov:activity': `recording:${id}`,
      })),
    );
    expect(document.used['_:usage4.2']).toEqual({
      'prov:activity': `recording:${id}`,
      'prov:entity': `node:${second.id}`,
    });
  });

  it('declares whatever it refers to, in any order of the nodes', () => {
    for (const nodes of [[verdict], [third], [verdict, second], [verdict, second, third, first]]) {
      const document = toProvJson(nodes);
      const entities = [
        ...references(document.wasGeneratedBy, 'prov:entity'),
        ...references(document.used, 'prov:entity'),
        ...references(document.wasDerivedFrom, 'prov:usedEntity'),
        ...references(document.wasDerivedFrom, 'prov:generatedEntity'),
        ...references(document.wasAttributedTo, 'prov:entity'),
      ];
      expect(new Set(entities)).toEqual(new Set(Object.keys(document.entity)));
      const activities = [
        ...references(document.wasGeneratedBy, 'prov:activity'),
        ...references(document.used, 'prov:activity'),
        ...references(document.wasAssociatedWith, 'prov:activity'),
      ];
      expect(new Set(activities)).toEqual(new Set(Object.keys(document.activity)));
      expect(new Set(references(document.wasAssociatedWith, 'prov:agent'))).toEqual(
        new Set(Object.keys(document.agent)),
      );
      const names = Object.keys({ ...document.entity, ...document.activity, ...document.agent });
      expect(names.every((name) => (name.split(':')[0] ?? '') in document.prefix)).toBe(true);
      for (const node of nodes)
        expect(document.entity[`node:${node.id}`]).toHaveProperty('caws:seq', node.seq);
    }
  });

  it('knows a parent that was not given by its hash', () => {
    expect(toProvJson([verdict]).entity[`node:${first.id}`]).toEqual({ 'caws:hash': first.hashChain });
  });

  it('has an agent for each key', () => {
    const { agent } = toProvJson([first, { ...second, signingKeyId: otherSigner.keyId }, third]);
    expect(Object.keys(agent)).toEqual([testSigner.keyId, otherSigner.keyId]);
  });

  it('is JSON, and empty without nodes', () => {
    const document = toProvJson(chain);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(Object.values({ ...toProvJson([]), prefix: {} })).toEqual(Array.from({ length: 9 }, () => ({})));
  });

  it('refuses nodes of two tenants, a node given twice, and one that is not the parent it stands for', () => {
    expectCode('STATEMENT_INVALID', () => toProvJson([first, { ...second, tenantId: 'globex' }]));
    expectCode('STATEMENT_INVALID', () => toProvJson([first, first]));
    expectCode('STATEMENT_INVALID', () => toProvJson([verdict, { ...first, hashChain: second.hashChain }]));
  });
});
