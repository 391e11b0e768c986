import { describe, expect, it } from 'vitest';
import { migrateUp, type MigrationConnection } from '../src/index.ts';

/** Servers that are not at hand: answers the check of versions, and fails the test if anything else is asked. */
function serverWith(answer: Record<string, unknown>): MigrationConnection {
  const row = {
    server: 170_000,
    server_text: '17.0',
    available: '0.8.0',
    installed: null,
    schema: null,
    ...answer,
  };
  let asked = 0;
  return {
    query(text) {
      asked += 1;
      if (asked > 1) return Promise.reject(new Error(`got past the check: ${text}`));
      return Promise.resolve({ rows: [row] });
    },
  };
}

const PAST_THE_CHECK = /got past the check: select pg_try_advisory_lock/;

describe('migrateUp, before it writes anything', () => {
  it.each([
    [
      { server: 150_013, server_text: '15.13' },
      'SERVER_TOO_OLD',
      'this is PostgreSQL 15.13: use PostgreSQL 16 or newer',
    ],
    [{ available: '0.7.4' }, 'SERVER_TOO_OLD', /^this is pgvector 0\.7\.4: install 0\.8 or newer/],
    [
      { available: '0.8.0', installed: '0.5.1', schema: 'public' },
      'SERVER_TOO_OLD',
      /^this is pgvector 0\.5\.1/,
    ],
    [{ available: null }, 'VECTOR_MISSING', /^the server has no vector extension: install pgvector 0\.8/],
    [
      { installed: '0.8.0', schema: 'extensions' },
      'VECTOR_MISSING',
      /in schema extensions: `alter extension vector set/,
    ],
  ])('refuses a server that answers %j', async (answer, code, message) => {
    await expect(migrateUp(serverWith(answer))).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  it.each([
    {},
    { server: 160_000 },
    { available: '0.10.0' },
    { available: '1.0' },
    { available: '0.8.0', installed: '0.8.1', schema: 'public' },
  ])('accepts a server that answers %j', async (answer) => {
    await expect(migrateUp(serverWith(answer))).rejects.toThrow(PAST_THE_CHECK);
  });
});
