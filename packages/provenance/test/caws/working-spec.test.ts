import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readCawsDocument } from '../../src/caws/read-document.ts';
import { parseWorkingSpec, type SpecProfile } from '../../src/caws/working-spec.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { extendedSpec, fullSpec, publishedSpec } from './documents.ts';

function problems(document: unknown, profile: SpecProfile = 'published'): string[] {
  const { message } = expectCode('DOCUMENT_INVALID', () => parseWorkingSpec(document, profile));
  return message.slice(message.indexOf(': ') + 2).split('; ');
}

const places = (document: unknown, profile?: SpecProfile): string[] =>
  problems(document, profile).map((problem) => problem.slice(0, problem.indexOf(':')));

describe('parseWorkingSpec', () => {
  it.each([publishedSpec, fullSpec])('takes what the schema takes, in both profiles', (spec) => {
    expect(parseWorkingSpec(spec)).toEqual(spec);
    expect(parseWorkingSpec(spec, 'extended')).toEqual(spec);
  });

  it("takes this repository's own spec", async () => {
    const text = await readFile(new URL('../../../../.caws/working-spec.yaml', import.meta.url), 'utf8');
    expect(parseWorkingSpec(readCawsDocument(text)).id).toBe('ARCH-0001');
  });

  it.each(['1', '2', '3', 1, 2, 3])('reads tier %j as a number', (risk_tier) => {
    expect(parseWorkingSpec({ ...publishedSpec, risk_tier }).risk_tier).toBe(Number(risk_tier));
  });

  it.each(Object.keys(publishedSpec))('asks for %s', (key) => {
    expect(places({ ...publishedSpec, [key]: undefined })).toEqual(['workingSpec']);
    const { [key as 'id']: _, ...without } = publishedSpec;
    expect(places(without)).toEqual([`workingSpec.${key}`]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['id', { id: 'feat-0001' }],
    ['id', { id: 'FEAT-0001\n' }],
    ['title', { title: 'too short' }],
    ['title', { title: 'x'.repeat(201) }],
    ['risk_tier', { risk_tier: 4 }],
    ['risk_tier', { risk_tier: '01' }],
    ['mode', { mode: 'docs' }],
    ['change_budget.max_files', { change_budget: { max_files: 0, max_loc: 1 } }],
    ['change_budget.max_loc', { change_budget: { max_files: 1, max_loc: 1.5 } }],
    ['waiver_ids.0', { waiver_ids: ['WV-1'] }],
    ['blast_radius.modules', { blast_radius: {} }],
    ['scope.in', { scope: { in: [], out: [] } }],
    ['scope.out', { scope: { in: ['a'] } }],
    ['invariants', { invariants: [] }],
    ['acceptance', { acceptance: [] }],
    ['acceptance.0.id', { acceptance: [{ id: 'B1', given: '', when: '', then: '' }] }],
    ['contracts', { contracts: [] }],
    ['contracts.0.type', { contracts: [{ type: 'rest', path: 'x' }] }],
    ['rollback', { rollback: 'back' }],
    ['timeboxed_hours', { timeboxed_hours: 0 }],
    ['human_override.reason', { human_override: { approved_by: 'a' } }],
    [
      'human_override.expiry_date',
      { human_override: { approved_by: 'a', reason: 'b', expiry_date: '2027-01-01' } },
    ],
    ['ai_assessment.confidence_level', { ai_assessment: { confidence_level: 11 } }],
  ])('refuses a wrong %s in both profiles', (place, change) => {
    expect(places({ ...publishedSpec, ...change })).toEqual([`workingSpec.${place}`]);
    expect(places({ ...publishedSpec, ...change }, 'extended')).toEqual([`workingSpec.${place}`]);
  });

  it.each(['FEAT-001', 'TASK-0001', 'FEAT-00001'])('takes the id %s in the extended profile only', (id) => {
    expect(places({ ...publishedSpec, id })).toEqual(['workingSpec.id']);
    expect(parseWorkingSpec({ ...publishedSpec, id }, 'extended').id).toBe(id);
  });

  it('counts the characters of a title, not their code units', () => {
    expect(parseWorkingSpec({ ...publishedSpec, title: '😀'.repeat(200) }).title).toHaveLength(400);
    expect(places({ ...publishedSpec, title: '😀'.repeat(9) })).toEqual(['workingSpec.title']);
  });

  it('refuses other keys where the schema does, and only there', () => {
    const open = {
      ...fullSpec,
      scope: { in: ['a'], out: [], note: 'x' },
      acceptance: [{ id: 'A1', given: 'a', when: 'b', then: 'c', and: 'd' }],
      ai_assessment: { why: 1 },
    };
    expect(parseWorkingSpec(open)).toEqual(open);
    expect(problems({ ...publishedSpec, threats: [] })).toEqual(['workingSpec: Unrecognized key: "threats"']);
    expect(places({ ...publishedSpec, non_functional: { reliability: {} } })).toEqual([
      'workingSpec.non_functional',
    ]);
    expect(places({ ...publishedSpec, non_functional: { perf: { p99_ms: 1 } } })).toEqual([
      'workingSpec.non_functional.perf',
    ]);
  });

  it('takes named ids, own budgets, reliability and threats in the extended profile only', () => {
    expect(parseWorkingSpec(extendedSpec, 'extended')).toEqual(extendedSpec);
    expect(places(extendedSpec)).toEqual([
      'workingSpec.id',
      'workingSpec.acceptance.0.id',
      'workingSpec.acceptance.1.id',
      'workingSpec.non_functional.perf',
      'workingSpec.non_functional',
      'workingSpec',
    ]);
  });

  it.each([
    { ...extendedSpec, id: 'v2-database' },
    { ...extendedSpec, id: 'DATABASE' },
    { ...extendedSpec, id: `A-${'B'.repeat(127)}` },
    { ...extendedSpec, non_functional: { perf: { write_ms: 0 } } },
    { ...extendedSpec, non_functional: { scalability: {} } },
    { ...extendedSpec, phases: [] },
  ])('is strict in the rest of the extended profile', (document) => {
    expect(places(document, 'extended')).toHaveLength(1);
  });

  it.each([null, [], 'text', 1, undefined, new Date(0), new Map()])(
    'refuses %s, which is no object',
    (document) => {
      expect(problems(document)).toHaveLength(1);
    },
  );

  it('refuses what a node cannot hold', () => {
    const cyclic: Record<string, unknown> = { ...publishedSpec };
    cyclic['self'] = cyclic;
    for (const document of [
      cyclic,
      { ...publishedSpec, title: 'ten letters \0' },
      { ...publishedSpec, title: 'ten letters \ud800' },
      { ...publishedSpec, risk_tier: Number.NaN },
      JSON.parse('{"__proto__": {"id": "FEAT-0001"}}'),
      { ...publishedSpec, invariants: ['x'.repeat(1_048_576)] },
      Object.defineProperty({ ...publishedSpec }, 'id', { get: () => 'FEAT-0001', enumerable: true }),
    ])
      expect(places(document)).toEqual(['workingSpec']);
  });

  it('cuts the names of keys, which come from outside', () => {
    const [problem] = problems({ ...publishedSpec, ['k'.repeat(10_000)]: 1 });
    expect(problem).toHaveLength(300);
  });

  it('does not quote what stands there', () => {
    const secret = 'sk-live-1234';
    const { message } = expectCode('DOCUMENT_INVALID', () =>
      parseWorkingSpec({
        ...publishedSpec,
        id: secret,
        mode: secret,
        risk_tier: secret,
        title: 1,
        scope: secret,
      }),
    );
    expect(message).not.toContain(secret);
  });
});
