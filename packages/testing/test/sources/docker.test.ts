import { describe, expect, it, onTestFinished } from 'vitest';
import { TestingError, withSession } from '../../src/index.ts';
import { openDocker } from '../../src/sources/docker.ts';

describe('openDocker', () => {
  it('starts a container with pgvector, or says that there is no Docker', async () => {
    const outcome = await openDocker({}, {}).catch((error: unknown) => error);
    if (outcome instanceof TestingError) {
      expect(outcome).toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringMatching(/\w+/) as string,
      });
      return;
    }
    const server = outcome as Awaited<ReturnType<typeof openDocker>>;
    onTestFinished(() => server.stop());
    const { rows } = await withSession(server.url, (session) =>
      session.query("create extension vector; select '[1]'::vector::text as vector"),
    );
    expect(rows).toEqual([{ vector: '[1]' }]);
  }, 120_000);
});
