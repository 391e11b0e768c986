import type { Commit } from '../git/commit.ts';

export interface BatchLimits {
  readonly commits: number;
  /** Paths of all commits together: what makes a batch heavy. */
  readonly paths: number;
}

/** Groups a history into pieces that one transaction can hold. Order is kept; no batch is empty. */
export async function* batchesOf(
  commits: AsyncIterable<Commit>,
  limits: BatchLimits,
): AsyncGenerator<Commit[]> {
  let batch: Commit[] = [];
  let paths = 0;
  for await (const commit of commits) {
    batch.push(commit);
    paths += commit.changes.paths.length;
    if (batch.length < limits.commits && paths < limits.paths) continue;
    yield batch;
    batch = [];
    paths = 0;
  }
  if (batch.length > 0) yield batch;
}
