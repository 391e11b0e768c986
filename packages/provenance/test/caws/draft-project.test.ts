import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { draftProject } from '../../src/caws/draft-project.ts';
import { type NodeDraft, nodeIdOf } from '../../src/caws/node-draft.ts';
import type { CawsDocuments } from '../../src/caws/project.ts';
import { checkNodes } from '../../src/log/node-to-append.ts';
import { canonicalize, type JsonValue } from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import {
  extendedSpec,
  fullSpec,
  gateChecks,
  gateWaiver,
  manifest,
  policy,
  publishedSpec,
  titledWaiver,
} from './documents.ts';

const hashOf = (document: unknown): string =>
  createHash('sha256')
    .update(canonicalize(document as JsonValue))
    .digest('hex');

const draft = (
  documents: Omit<CawsDocuments, 'workingSpec'> = {},
  workingSpec: unknown = publishedSpec,
): NodeDraft[] => draftProject('acme', { workingSpec, ...documents });

const problems = (
  documents: Omit<CawsDocuments, 'workingSpec'>,
  workingSpec: unknown = publishedSpec,
): string[] => expectCode('DOCUMENT_INVALID', () => draft(documents, workingSpec)).message.split('; ');

const everything = {
  policy,
  waivers: [titledWaiver, { 'WV-0002': gateWaiver, 'WV-0003': { ...gateWaiver, status: 'revoked' } }],
  evaluation: { id: 'VERDICT-001', gates: gateChecks, manifest, constitutionalRefs: ['CAWS:Section4.2'] },
};

describe('draftProject', () => {
  it('records a spec and its budget', () => {
    const hash = hashOf(publishedSpec);
    const [spec, budget, ...others] = draft();
    expect(others).toEqual([]);
    expect(spec).toEqual({
      id: nodeIdOf({ tenantId: 'acme', entityType: 'spec', entityId: `FEAT-0001@${hash}` }),
      entityType: 'spec',
      entityId: `FEAT-0001@${hash}`,
      versionOf: 'FEAT-0001',
      content: publishedSpec,
      specHash: hash,
      description: 'A feature with a title',
      parents: [],
    });
    expect(budget).toMatchObject({
      entityType: 'budget',
      entityId: `FEAT-0001@${hash}`,
      content: { spec: 'FEAT-0001', risk_tier: 2, max_files: 10, max_loc: 400 },
      specHash: hash,
      parents: [spec?.id],
    });
  });

  it('orders the nodes and ties them: waivers, gates and budget to the spec, the verdict to what it rests on', () => {
    const drafts = draft(everything, fullSpec);
    const nameOf = new Map(
      drafts.map(({ id, entityType, entityId }) => [id, `${entityType} ${entityId.split('@')[0] ?? ''}`]),
    );
    expect(
      drafts.map(({ id, parents }) => [nameOf.get(id), ...parents.map((parent) => nameOf.get(parent))]),
    ).toEqual([
      ['policy policy'],
      ['spec FEAT-0001'],
      ['budget FEAT-0001', 'spec FEAT-0001'],
      ['waiver WV-0001', 'spec FEAT-0001'],
      ['waiver WV-0002', 'spec FEAT-0001'],
      ['waiver WV-0003', 'spec FEAT-0001'],
      ['gate coverage', 'spec FEAT-0001'],
      ['gate mutation', 'spec FEAT-0001'],
      [
        'verdict VERDICT-001',
        'waiver WV-0001',
        'waiver WV-0002',
        'gate coverage',
        'gate mutation',
        'spec FEAT-0001',
        'budget FEAT-0001',
        'policy policy',
      ],
    ]);
  });

  it('names every node but the policy after the spec that applies', () => {
    const drafts = draft(everything, fullSpec);
    expect(drafts.map(({ specHash }) => specHash)).toEqual([
      undefined,
      ...Array<string>(8).fill(hashOf(fullSpec)),
    ]);
  });

  it('records documents as they are, open keys included, and the text of a tier as text', () => {
    const workingSpec = {
      ...publishedSpec,
      risk_tier: '2',
      scope: { in: ['a'], out: [], note: { deep: [1e21] } },
    };
    const [spec, budget] = draft({}, workingSpec);
    expect(spec?.content).toEqual(workingSpec);
    expect(spec?.specHash).toBe(hashOf(workingSpec));
    expect(budget?.content['risk_tier']).toBe(2);
  });

  it('drafts nodes that the log takes', () => {
    const long = { ...manifest, agent: `${'x'.repeat(499)}😀` };
    const drafts = draft(
      { ...everything, evaluation: { ...everything.evaluation, manifest: long } },
      fullSpec,
    );
    const nodes = drafts.map(({ versionOf: _, ...fields }) => ({ ...fields, createdAt: new Date(0) }));
    expect(checkNodes(nodes)).toHaveLength(9);
  });

  it('drafts the same nodes again, others for a changed document, and others for another tenant', () => {
    const ids = (drafts: readonly NodeDraft[]): string[] => drafts.map(({ id }) => id);
    expect(draft(everything, fullSpec)).toEqual(
      draft(structuredClone(everything), structuredClone(fullSpec)),
    );
    const changed = ids(draft(everything, { ...fullSpec, title: 'Another title of it' }));
    // The policy, the waivers, and what is named by the evaluation stay what they are.
    expect(ids(draft(everything, fullSpec)).map((id) => changed.includes(id))).toEqual([
      true,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
    const elsewhere = ids(draftProject('globex', { workingSpec: fullSpec, ...everything }));
    expect(elsewhere.filter((id) => ids(draft(everything, fullSpec)).includes(id))).toEqual([]);
  });

  it('names the documents of several projects of a tenant apart, and says what each is a version of', () => {
    const named = draft({ ...everything, project: 'shop' }, fullSpec);
    expect(named.map(({ entityId, versionOf }) => [entityId.split('@')[0], versionOf])).toEqual([
      ['shop/policy', 'shop/policy'],
      ['shop/FEAT-0001', 'shop/FEAT-0001'],
      ['shop/FEAT-0001', undefined],
      ['shop/WV-0001', 'shop/WV-0001'],
      ['shop/WV-0002', 'shop/WV-0002'],
      ['shop/WV-0003', 'shop/WV-0003'],
      ['coverage', undefined],
      ['mutation', undefined],
      ['VERDICT-001', undefined],
    ]);
  });

  it.each(['', 'a/b', 'a b', '.a', 'x'.repeat(61)])('refuses the project name %j', (project) => {
    expect(problems({ project }).join()).toContain('project: must be 1 to 60');
  });

  it('judges the spec by its profile', () => {
    expect(draft({ profile: 'extended' }, extendedSpec)[0]?.entityId).toMatch(/^V2-DATABASE-LAYER@/);
    expect(problems({}, extendedSpec)).toHaveLength(6);
  });

  it('reads no verdict without a manifest, and gates of either form', () => {
    const gates = {
      context: 'cli',
      passed: false,
      gates: [{ name: 'scope', status: 'warn', mode: 'block', at: [1] }],
    };
    const drafts = draft({ evaluation: { id: 'RUN-7', gates } });
    expect(drafts).toHaveLength(3);
    expect(drafts[2]).toMatchObject({
      entityId: 'scope@RUN-7',
      content: { evaluation: 'RUN-7', gate: 'scope', status: 'warn', result: gates.gates[0] },
      description: 'scope: warn',
    });
    expect(draft({ evaluation: { id: 'V', manifest } })[2]).toMatchObject({
      entityType: 'verdict',
      entityId: 'V',
      content: manifest,
      constitutionalRefs: [],
    });
  });

  it('takes an older policy', () => {
    const tier = { max_files: 15, max_loc: 300, coverage_threshold: 0.9, contracts_required: true };
    const older = { version: '1.0.0', risk_tiers: { '1': tier } };
    expect(draft({ policy: older })[0]).toMatchObject({ entityType: 'policy', content: older });
  });

  it('counts a waiver that is in two files once', () => {
    const collection = { waivers: { 'WV-0001': titledWaiver } };
    expect(draft({ waivers: [titledWaiver, collection] })).toHaveLength(3);
  });

  it('tells every problem of every document at once', () => {
    const found = problems(
      {
        policy: { version: 2, risk_tiers: { '4': {} }, more: 1 },
        waivers: [
          { ...titledWaiver, gates: [], approvers: undefined },
          'text',
          { 'WV-0002': { ...gateWaiver, gate: 'speed', id: 'WV-0009' } },
          { 'no id': gateWaiver, 'WV-0003': 1 },
        ],
        evaluation: { id: '', gates: { coverage: { passed: 'yes' } }, manifest: { agent: 'a' } },
      },
      { ...publishedSpec, mode: 'x', waiver_ids: [] },
    );
    const places = found.map(
      (problem) => problem.replace('these CAWS documents are wrong: ', '').split(': ')[0],
    );
    expect(new Set(places)).toEqual(
      new Set([
        'workingSpec.mode',
        'waivers.0',
        'waivers.1',
        'waivers.2.WV-0002',
        'waivers.2.WV-0002.gate',
        'waivers.3.no id.id',
        'waivers.3.WV-0003',
        'policy.version',
        'policy.risk_tiers',
        'policy',
        'evaluation.id',
        'evaluation.gates.coverage.passed',
        'evaluation.manifest.model',
        'evaluation.manifest.commit',
        'evaluation.manifest.artifacts',
        'evaluation.manifest.results',
        'evaluation.manifest.approvals',
      ]),
    );
  });

  it.each<[string, Omit<CawsDocuments, 'workingSpec'>, string]>([
    ['a waiver nobody approved', { waivers: [{ ...titledWaiver, approvers: [] }] }, 'waivers.0.approvers'],
    ['a waiver without end', { waivers: [{ ...titledWaiver, expires_at: 'never' }] }, 'waivers.0.expires_at'],
    ['an unknown status', { waivers: [{ ...titledWaiver, status: 'void' }] }, 'waivers.0.status'],
    [
      'a waiver of two texts',
      { waivers: [titledWaiver, { ...titledWaiver, title: 'x' }] },
      'waivers.1: is given twice',
    ],
    [
      'a gate named twice',
      {
        evaluation: {
          id: 'V',
          gates: { gates: [1, 2].map(() => ({ name: 'a', status: 'pass', mode: 'warn' })) },
        },
      },
      'evaluation.gates.gates: must not name a gate twice',
    ],
    [
      'a score beyond 1',
      { evaluation: { id: 'V', gates: { a: { passed: true, score: 91 } } } },
      'evaluation.gates.a.score',
    ],
    ['an unnamed gate', { evaluation: { id: 'V', gates: { '': { passed: true } } } }, 'evaluation.gates.'],
    ['a name too long', { evaluation: { id: 'x'.repeat(151) } }, 'evaluation.id'],
  ])('refuses %s', (_, documents, problem) => {
    expect(problems(documents).join()).toContain(problem);
  });

  it('refuses a waiver without approval, also when something else is wrong with it', () => {
    const { approvers: _, ...unapproved } = titledWaiver;
    expect(problems({ waivers: [unapproved] })).toHaveLength(1);
    const found = problems({ waivers: [{ ...unapproved, gates: 'all' }] }).join();
    expect(found).toContain('waivers.0.gates');
    expect(found).toContain('waivers.0.approved_by: must say who approved it');
  });

  it('refuses a spec whose waiver is not given', () => {
    expect(problems({}, fullSpec).join()).toContain(
      'workingSpec.waiver_ids: WV-0001 is not among the waivers',
    );
  });
});

describe('nodeIdOf', () => {
  it('is a UUID of version 8 from SHA-256', () => {
    const digest = createHash('sha256')
      .update('agent-agency.caws.node-id.v1\0acme\0verdict\0VERDICT-001')
      .digest();
    const id = nodeIdOf({ tenantId: 'acme', entityType: 'verdict', entityId: 'VERDICT-001' });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id.replaceAll('-', '').slice(0, 12)).toBe(digest.toString('hex').slice(0, 12));
    expect(id.slice(-12)).toBe(digest.toString('hex').slice(20, 32));
  });
});
