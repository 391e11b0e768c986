import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { normaliseEmail } from '../../src/extract/normalise-email.ts';
import { agentIdOf, participantOf, participantsOf } from '../../src/extract/participants.ts';
import { commitWith } from './commit-of.ts';

describe('normaliseEmail', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['ａｄａ@example.com', 'ada@example.com'],
    ['123+ada@users.noreply.github.com', 'ada@users.noreply.github.com'],
    ['123+Ada@Users.NoReply.GitHub.com', 'ada@users.noreply.github.com'],
    ['ada@users.noreply.github.com', 'ada@users.noreply.github.com'],
    ['123+dependabot[bot]@users.noreply.github.com', 'dependabot[bot]@users.noreply.github.com'],
    ['123+ada@example.com', '123+ada@example.com'],
    ['123+ada@users.noreply.github.com.evil.example', '123+ada@users.noreply.github.com.evil.example'],
    ['ada+tag@example.com', 'ada+tag@example.com'],
    ['', ''],
  ])('of %j is %j', (email, normalised) => {
    expect(normaliseEmail(email)).toBe(normalised);
  });

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (email) => {
        const once = normaliseEmail(email);
        expect(normaliseEmail(once)).toBe(once);
      }),
    );
  });
});

describe('agentIdOf', () => {
  it('is what its description says, so that it stays the same for ever', () => {
    const parts = ['agent-agency/git-agent/1', 'acme', 'email', 'ada@example.com'];
    const bytes = parts.map((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return Buffer.concat([length, Buffer.from(part)]);
    });
    const expected = createHash('sha256').update(Buffer.concat(bytes)).digest('hex').slice(0, 32);
    expect(agentIdOf('Ada@Example.com', 'acme')).toBe(`git-${expected}`);
  });

  it('differs by tenant and by address, and no shift of characters between the two brings it back', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.string(),
        (tenant, email, otherTenant, otherEmail) => {
          const isSame = tenant === otherTenant && normaliseEmail(email) === normaliseEmail(otherEmail);
          expect(agentIdOf(email, tenant) === agentIdOf(otherEmail, otherTenant)).toBe(isSame);
        },
      ),
    );
    expect(agentIdOf('bc', 'a')).not.toBe(agentIdOf('c', 'ab'));
  });
});

describe('participantOf', () => {
  it('goes by the name where there is no address, and never confuses the two', () => {
    const byName = participantOf({ name: 'Ada', email: ' ' }, 'acme');
    expect(participantOf({ name: 'ada', email: '' }, 'acme').agentId).toBe(byName.agentId);
    expect(byName.agentId).toMatch(/^git-[0-9a-f]{32}$/);
    expect(participantOf({ name: '', email: 'ada' }, 'acme').agentId).not.toBe(byName.agentId);
  });

  it('shows no address as a name, and always some name', () => {
    const name = (shown: string): string => participantOf({ name: shown, email: 'ada@box' }, 'acme').name;
    expect(name('ada@example.com')).toBe('<redacted>');
    expect(name('Ada (ADA@BOX)')).toBe('Ada (<redacted>)');
    expect(name(' ')).toBe('(no name)');
    expect(name('x'.repeat(1000))).toHaveLength(200);
  });
});

describe('participantsOf', () => {
  it('has the author first, then the co-authors, each agent once, and not the committer', () => {
    const commit = commitWith({
      author: { name: 'Ada', email: 'ada@example.com' },
      committer: { name: 'Web', email: 'noreply@github.com' },
      trailers: [
        { key: 'Co-authored-by', value: 'Bob <bob@example.com>' },
        { key: 'Co-authored-by', value: 'Ada again <ADA@example.com>' },
        { key: 'Reviewed-by', value: 'Carol <carol@example.com>' },
      ],
    });
    expect(participantsOf(commit, 'acme')).toEqual([
      { agentId: agentIdOf('ada@example.com', 'acme'), name: 'Ada' },
      { agentId: agentIdOf('bob@example.com', 'acme'), name: 'Bob' },
    ]);
  });
});
