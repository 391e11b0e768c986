import { describe, expect, it } from 'vitest';
import { isDataLayerError, type TenantContextInput } from '../../src/index.ts';
import { parseTenantContext } from '../../src/tenant/tenant-context.ts';

function problemsOf(input: unknown): string {
  try {
    parseTenantContext(input as TenantContextInput);
  } catch (error) {
    if (isDataLayerError(error, 'INVALID_INPUT')) return error.message;
    throw error;
  }
  throw new Error('the context was accepted');
}

describe('parseTenantContext', () => {
  it.each(['a', '0', 'acme', 'A_b.c:d-9', 'x'.repeat(255)])('accepts tenant %s', (tenantId) => {
    expect(parseTenantContext({ tenantId })).toEqual({ tenantId });
  });

  it.each(['', ' ', '.a', '-a', 'a b', 'a\n', 'é', "a'b", 'a/b', '*', 'x'.repeat(256), undefined, null, 5])(
    'refuses tenant %j',
    (tenantId) => {
      expect(problemsOf({ tenantId })).toContain('tenantId');
    },
  );

  it('accepts any printable user and session', () => {
    const context = { tenantId: 'a', userId: 'Zoë 🙂 <z@example.org>', sessionId: '' };
    expect(parseTenantContext(context)).toEqual(context);
  });

  it('refuses control characters and long names, all at once and without repeating them', () => {
    const message = problemsOf({ tenantId: 'a b', userId: 'x\u0000y', sessionId: 's'.repeat(256), other: 1 });
    for (const name of ['tenantId', 'userId', 'sessionId', 'other']) expect(message).toContain(name);
    expect(message).not.toContain('a b');
  });

  it.each([undefined, null, 'acme', []])('refuses %j in place of a context', (input) => {
    expect(problemsOf(input)).toContain('wrong');
  });
});
