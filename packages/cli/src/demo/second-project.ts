import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildRepository, type CommitSpec } from '@agent-agency/git-ingest/testing';

const ada = { name: 'Ada Example', email: 'ada@example.com' };
const bo = { name: 'Bo Example', email: 'bo@example.com' };
const cy = { name: 'Cy Example', email: 'cy@example.com' };

/** A bakery's web shop: three people, of whom Ada and Cy meet only through Bo. */
const COMMITS: readonly CommitSpec[] = [
  { author: ada, message: 'feat(oven): schedule sourdough batches', files: [file('oven/schedule.py', '1')] },
  {
    author: bo,
    message: 'fix(oven): keep the temperature curve monotonic',
    files: [file('oven/schedule.py', '2')],
  },
  { author: bo, message: 'feat(shop): basket with delivery slots', files: [file('shop/basket.rb', '3')] },
  {
    author: cy,
    message: 'test(shop): delivery slots on public holidays',
    files: [file('shop/basket.rb', '4')],
  },
  {
    author: cy,
    message:
      'docs: allergens for every loaf\n\nReviewed-by: Bo Example <bo@example.com>\nConstitutional-Ref: CAWS:Section2.1',
    files: [file('docs/allergens.md', '5')],
  },
];

/** Lends the path of a small repository that has nothing to do with the first. */
export async function withSecondProject<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-agency-demo-'));
  try {
    const { path } = await buildRepository(folder, COMMITS);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Content that differs from commit to commit: what stays the same is no change. */
function file(path: string, content: string) {
  return { path, content: `${content}\n` };
}
