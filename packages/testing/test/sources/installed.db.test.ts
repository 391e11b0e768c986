import { describe, expect, it, onTestFinished } from 'vitest';
import { findInstallations } from '../../src/installations.ts';
import { majorOf } from '../../src/server.ts';
import { withSession } from '../../src/session.ts';
import { openInstalled } from '../../src/sources/installed.ts';
import { createFolder } from '../support/folder.ts';
import { binDir, getBinDir } from '../support/programs.ts';
import { canCopy, copyWithoutVector } from '../support/without-vector.ts';

const elsewhere = await findInstallations({ PATH: '' });
const usableElsewhere = elsewhere.some(({ version, hasVector }) => hasVector && majorOf(version) >= 16);

describe.skipIf(binDir === undefined)('openInstalled', () => {
  it('starts the programs that it finds on PATH', async () => {
    const server = await openInstalled({ PATH: getBinDir() }, { shared_buffers: '8MB' });
    onTestFinished(() => server.stop());
    expect(server).toMatchObject({
      kind: 'installed',
      version: expect.stringMatching(/^\d+\.\d+$/) as string,
    });
    const { rows } = await withSession(server.url, (session) => session.query('show shared_buffers'));
    expect(rows).toEqual([{ shared_buffers: '8MB' }]);
  });

  it.skipIf(!canCopy || usableElsewhere)('says that pgvector is missing', async () => {
    const folder = await copyWithoutVector(await createFolder());
    await expect(openInstalled({ PATH: folder }, {})).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining(`in ${folder} has no pgvector`) as string,
    });
  });

  it.skipIf(usableElsewhere)('gives the reason for each installation that it does not take', async () => {
    const failure = await openInstalled({ PATH: '' }, {}).catch((error: unknown) => error);
    const expected =
      elsewhere.length === 0
        ? 'no PostgreSQL on PATH or in the usual folders'
        : elsewhere
            .map(({ version, binDir: folder }) => `${version} in ${folder} is older than 16`)
            .join(', ');
    expect(failure).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expected });
  });
});

describe.skipIf(binDir === undefined)('findInstallations', () => {
  it('lists a folder once however often it is on PATH', async () => {
    const folder = getBinDir();
    const found = await findInstallations({ PATH: `${folder}:${folder}/../bin:relative:/nonexistent` });
    expect(found.filter((installation) => installation.binDir === folder)).toEqual([
      { binDir: folder, version: expect.stringMatching(/^\d+/) as string, hasVector: true },
    ]);
  });
});
