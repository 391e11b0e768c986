import { describe, expect, it, vi } from 'vitest';
import { TestingError, startPostgres } from '../src/index.ts';
import type { OpenSource, PostgresKind, PostgresServer } from '../src/index.ts';

const kinds = ['url', 'docker', 'installed', 'provisioned', 'pglite'] as const;
type Sources = Partial<Record<PostgresKind, OpenSource>>;

const serverOf = (kind: PostgresKind): PostgresServer => ({
  kind,
  url: 'postgres://h/d',
  version: '17.1',
  stop: () => Promise.resolve(),
});

/** Sources of which only some are open; `asked` lists those that were tried. */
function sourcesOpen(open: readonly PostgresKind[]): { sources: Sources; asked: PostgresKind[] } {
  const asked: PostgresKind[] = [];
  const source = (kind: PostgresKind): OpenSource => {
    return () => {
      asked.push(kind);
      return open.includes(kind)
        ? Promise.resolve(serverOf(kind))
        : Promise.reject(new TestingError('SOURCE_UNAVAILABLE', `no ${kind} here\ntoday`));
    };
  };
  return { sources: Object.fromEntries(kinds.map((kind) => [kind, source(kind)])), asked };
}

async function kindTaken(env: NodeJS.ProcessEnv, sources: Sources): Promise<PostgresKind> {
  return (await startPostgres({ env, sources })).kind;
}

describe('startPostgres', () => {
  it.each(['docker', 'installed', 'provisioned', 'pglite'] as const)(
    'takes %s when nothing earlier is there, and asks nothing later',
    async (kind) => {
      const later = kinds.slice(kinds.indexOf(kind));
      const { sources, asked } = sourcesOpen(later);
      expect(await kindTaken({}, sources)).toBe(kind);
      expect(asked).toEqual(kinds.slice(1, kinds.indexOf(kind) + 1));
    },
  );

  it('has a server started with the settings that are given', async () => {
    const settings = { shared_buffers: '8MB' };
    const source = vi.fn<OpenSource>(() => Promise.resolve(serverOf('docker')));
    await startPostgres({ env: {}, settings, sources: { docker: source } });
    expect(source).toHaveBeenCalledExactlyOnceWith({}, settings);
  });

  it('takes DATABASE_URL before everything else', async () => {
    const { sources, asked } = sourcesOpen(kinds);
    expect(await kindTaken({ DATABASE_URL: 'postgres://h/d' }, sources)).toBe('url');
    expect(asked).toEqual(['url']);
  });

  it('takes nothing else when DATABASE_URL does not work', async () => {
    const { sources, asked } = sourcesOpen(['docker']);
    await expect(kindTaken({ DATABASE_URL: 'postgres://h/d' }, sources)).rejects.toThrow('no url here');
    expect(asked).toEqual(['url']);
  });

  it('counts an empty DATABASE_URL as absent', async () => {
    const { sources } = sourcesOpen(['docker']);
    expect(await kindTaken({ DATABASE_URL: '' }, sources)).toBe('docker');
  });

  it('announces in one line what it took and why nothing earlier', async () => {
    const { sources } = sourcesOpen(['provisioned']);
    const lines: string[] = [];
    await startPostgres({ env: {}, sources, announce: (line) => lines.push(line) });
    expect(lines).toEqual([
      'PostgreSQL 17.1 (provisioned); not taken: DATABASE_URL: not set; Docker: no docker here today; ' +
        'installed: no installed here today',
    ]);
  });

  it('never takes PGlite under CI, and says why each way is closed and what to do', async () => {
    const { sources, asked } = sourcesOpen(['pglite']);
    const failure = await startPostgres({ env: { CI: 'true' }, sources }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'NO_POSTGRES' });
    expect(String(failure)).toMatch(
      /with CI set PGlite is not enough[^]*DATABASE_URL: not set[^]*Docker: no docker here[^]*installed: no installed here[^]*provisioned: no provisioned here[^]*Set DATABASE_URL .* or start Docker/,
    );
    expect(asked).not.toContain('pglite');
  });

  it('names every way when even PGlite does not start', async () => {
    const { sources } = sourcesOpen([]);
    await expect(startPostgres({ env: {}, sources })).rejects.toThrow(/PGlite: no pglite here/);
  });

  it('does not take a defect for an absent server', async () => {
    const { sources } = sourcesOpen(['pglite']);
    const broken = { ...sources, docker: () => Promise.reject(new TypeError('defect')) };
    await expect(startPostgres({ env: {}, sources: broken })).rejects.toThrow(TypeError);
  });
});
