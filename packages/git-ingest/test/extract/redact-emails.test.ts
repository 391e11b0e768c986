import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { redactEmails } from '../../src/extract/redact-emails.ts';

describe('redactEmails', () => {
  it.each([
    ['Ask bob@example.com.', 'Ask <redacted>.'],
    ['Bob <bob@example.com>, carol@x.org', 'Bob <<redacted>>, <redacted>'],
    ['mailto:bob+tag@example.co.uk?subject=x', 'mailto:<redacted>?subject=x'],
    ['bob@localhost and root@box.(none)!', '<redacted> and <redacted>!'],
    ['root@10.0.0.1 or root@[10.0.0.1]', '<redacted> or <redacted>'],
    ['"bob smith"@example.com', '<redacted>'],
    ['bob＠example.com bob﹫example.com bob%40example.com', '<redacted> <redacted> <redacted>'],
    ['a@b@c.d', '<redacted>'],
    ['a@0-a.aa a@1.0-rc.beta', '<redacted> <redacted>'],
    ['bøb@exämple.com', '<redacted>'],
    ['https://user:secret@host/x', 'https://user:<redacted>/x'],
  ])('replaces the addresses in %j', (text, redacted) => {
    expect(redactEmails(text)).toBe(redacted);
  });

  it.each([
    'bump vitest@5.1.0 and @types/node@24',
    'react@next, x@v4, y@1.x, z@1.0.0-rc.1, w@^2',
    `actions/checkout@${'0a'.repeat(20)}`,
    '@here @scope/name',
    'stash@{1} and @',
    'a @ b',
    'trailing@',
    'no address at all',
    '',
  ])('leaves %j as it is', (text) => {
    expect(redactEmails(text)).toBe(text);
  });

  it('replaces known addresses whatever they look like, in any case', () => {
    expect(redactEmails('by Bob S@1.0 and BOB S@1.0', ['bob s@1.0'])).toBe('by <redacted> and <redacted>');
    expect(redactEmails('x.*@1.0 xyz@1.0', ['x.*@1.0'])).toBe('<redacted> xyz@1.0');
  });

  it('does not take what is in an e-mail field for an address when it cannot be one', () => {
    expect(redactEmails('fix @ the root', ['', '@', 'root', 'fix'])).toBe('fix @ the root');
  });

  it('leaves no ordinary address in any text', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.string(), fc.string(), (email, before, after) => {
        expect(redactEmails(`${before} ${email} ${after}`)).not.toContain(email);
        expect(redactEmails(`${before}${email}${after}`, [email])).not.toContain(email);
      }),
    );
  });

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '@', '.', ' ', '"', '[', ']', '<', '1') }),
        (text) => {
          const once = redactEmails(text);
          expect(redactEmails(once)).toBe(once);
        },
      ),
    );
  });

  it('takes time in proportion to a hostile text', () => {
    for (const part of ['a', '@', 'a@', '"', '"@', '[@[', 'a@[']) {
      expect(redactEmails(part.repeat(300_000)).length).toBeGreaterThan(0);
    }
  });
});
