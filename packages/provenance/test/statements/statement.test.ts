import { describe, expect, it } from 'vitest';
import { signEnvelope } from '../../src/statements/sign-envelope.ts';
import { signStatement } from '../../src/statements/sign-statement.ts';
import {
  inTotoPayloadType,
  type Statement,
  statementType,
  verdictPredicateType,
} from '../../src/statements/statement.ts';
import { describeVerdict } from '../../src/statements/verdict-statement.ts';
import { type StatementQuestion, verifyStatement } from '../../src/statements/verify-statement.ts';
import { fromUtf8, utf8 } from '../../src/format/encoding.ts';
import { canonicalize, type JsonValue } from '../../src/verify.ts';
import { at, buildChain, nodeAfter, otherSigner, seal, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const chain = await buildChain(2);
const [waiver, gate] = [at(chain, 1), at(chain, 2)];
const verdict = await seal({
  ...nodeAfter({ seq: 2, hash: gate.hashChain }),
  entityType: 'verdict',
  entityId: 'VERDICT-001',
  content: canonicalize({ decision: 'accept' }),
  constitutionalRefs: ['CAWS:Section4.2'],
  parents: [waiver, gate].map(({ id, hashChain }) => ({ id, hash: hashChain })),
  evidenceCompleteness: 85,
});
const gitCommit = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f2';
const subjects = [{ name: 'repository', digest: { gitCommit } }];
const statement = describeVerdict({ verdict, subjects, evidence: [waiver] });
const question: StatementQuestion = { keys: [testSigner], subject: { gitCommit } };

describe('describeVerdict', () => {
  it('says what was decided, on what, on what evidence, and where the log has it', () => {
    expect(statement).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: subjects,
      predicateType: 'urn:agent-agency:caws-verdict:v1',
      predicate: {
        verdict: { decision: 'accept' },
        record: {
          tenant: 'acme',
          seq: 3,
          id: verdict.id,
          entityId: 'VERDICT-001',
          hash: verdict.hashChain,
          signature: verdict.signature,
          signingKeyId: testSigner.keyId,
          recordedAt: '2025-10-09T08:53:23.000003Z',
          constitutionalRefs: ['CAWS:Section4.2'],
          evidenceCompleteness: 0.85,
          budgetAdherence: 1,
        },
        evidence: [
          { name: 'waiver/ENTITY-1', uri: `urn:uuid:${waiver.id}`, digest: { sha256: waiver.hashChain } },
          { uri: `urn:uuid:${gate.id}`, digest: { sha256: gate.hashChain } },
        ],
      },
    });
  });

  it('is about its own node when nothing else is named, and knows parents that are not given by their hashes', () => {
    const { subject, predicate } = describeVerdict({ verdict });
    expect(subject).toEqual([
      { name: 'verdict/VERDICT-001', uri: `urn:uuid:${verdict.id}`, digest: { sha256: verdict.hashChain } },
    ]);
    expect(predicate?.['evidence']).toEqual(
      [waiver, gate].map(({ id, hashChain }) => ({ uri: `urn:uuid:${id}`, digest: { sha256: hashChain } })),
    );
  });

  it('refuses what is no verdict, evidence that it does not derive from, and content that was not canonical', async () => {
    expectCode('STATEMENT_INVALID', () => describeVerdict({ verdict: waiver }));
    const [stranger] = await buildChain(1, { id: gate.id.replace(/^./, '0') });
    expectCode('STATEMENT_INVALID', () => describeVerdict({ verdict, evidence: [stranger ?? waiver] }));
    expectCode('STATEMENT_INVALID', () =>
      describeVerdict({ verdict, evidence: [{ ...waiver, hashChain: gate.hashChain }] }),
    );
    expectCode('JSON_NOT_CANONICAL', () =>
      describeVerdict({ verdict: { ...verdict, content: Buffer.from('{ }') } }),
    );
  });
});

describe('signStatement and verifyStatement', () => {
  it('make an envelope that verifies, and answer the statement and who signed it', async () => {
    const envelope = await signStatement(statement, testSigner, otherSigner);
    expect(envelope.payloadType).toBe('application/vnd.in-toto+json');
    expect(verifyStatement(JSON.parse(JSON.stringify(envelope)), { ...question, threshold: 1 })).toEqual({
      ok: true,
      statement,
      signers: [testSigner.keyId],
    });
    expect(verifyStatement(envelope, { ...question, keys: [testSigner, otherSigner], threshold: 2 }).ok).toBe(
      true,
    );
  });

  it.each<[string, Partial<StatementQuestion>, string]>([
    ['by nobody who is trusted', { keys: [otherSigner] }, 'too-few-signatures'],
    ['by one of two', { keys: [testSigner, otherSigner], threshold: 2 }, 'too-few-signatures'],
    ['about something else', { subject: { gitCommit: gitCommit.replace('b', 'c') } }, 'other-subject'],
    ['with another algorithm', { subject: { sha256: gitCommit } }, 'other-subject'],
    ['when nothing is asked about', { subject: {} }, 'other-subject'],
    ['when asked about a prototype', { subject: { toString: '' } }, 'other-subject'],
    ['of something else', { predicateType: 'https://slsa.dev/provenance/v1' }, 'other-predicate'],
  ])('refuse a statement %s', async (_, asked, reason) => {
    const envelope = await signStatement(statement, testSigner);
    expect(verifyStatement(envelope, { ...question, ...asked })).toEqual({ ok: false, reason });
  });

  it('refuse a subject that agrees in one digest and differs in another', async () => {
    const sha256 = 'a'.repeat(64);
    const envelope = await signStatement(
      { ...statement, subject: [{ digest: { gitCommit, sha256 } }] },
      testSigner,
    );
    expect(verifyStatement(envelope, { ...question, subject: { gitCommit, sha256 } }).ok).toBe(true);
    expect(verifyStatement(envelope, { ...question, subject: { gitCommit, sha512: 'x' } }).ok).toBe(true);
    expect(
      verifyStatement(envelope, { ...question, subject: { gitCommit, sha256: 'b'.repeat(64) } }).ok,
    ).toBe(false);
  });

  const but = (change: Record<string, JsonValue>): string =>
    fromUtf8(canonicalize({ ...(statement as unknown as Record<string, JsonValue>), ...change })) ?? '';

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a name twice', but({}).replace('{', '{"_type":"x",')],
    ['white space', but({}).replace(':', ': ')],
    ['another version', but({ _type: 'https://in-toto.io/Statement/v0.1' })],
    ['no subject', but({ subject: [] })],
    ['a subject without digest', but({ subject: [{ name: 'x' }] })],
    ['a subject with no digest in it', but({ subject: [{ digest: {} }] })],
    ['a digest that is no text', but({ subject: [{ digest: { gitCommit: 1 } }] })],
    ['no predicate type', but({ predicateType: '' })],
    ['a predicate that is no object', but({ predicate: [] })],
  ])('call a signed %s malformed', async (_, text) => {
    const envelope = await signEnvelope({ payloadType: inTotoPayloadType, payload: utf8(text) }, testSigner);
    expect(verifyStatement(envelope, question)).toEqual({ ok: false, reason: 'malformed-statement' });
  });

  it('take a statement without predicate, and one with fields that are not known', async () => {
    const bare = {
      _type: statementType,
      subject: [{ digest: { gitCommit } }],
      predicateType: verdictPredicateType,
    };
    const more = { ...bare, extension: 1 } as Statement;
    for (const given of [bare as Statement, more])
      expect(verifyStatement(await signStatement(given, testSigner), question).ok).toBe(true);
  });

  it('sign nothing that could not be read again', async () => {
    await expect(signStatement({ ...statement, subject: [] }, testSigner)).rejects.toHaveProperty(
      'code',
      'STATEMENT_INVALID',
    );
  });

  it('never throw for an envelope from outside', () => {
    for (const envelope of [undefined, null, 1, [], {}, { payload: {}, payloadType: [], signatures: {} }])
      expect(verifyStatement(envelope, question)).toEqual({ ok: false, reason: 'malformed-envelope' });
  });
});
