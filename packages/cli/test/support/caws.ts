import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A working spec in which nothing is wrong. */
export const spec = {
  id: 'FEAT-0001',
  title: 'A feature with a title',
  risk_tier: 2,
  mode: 'feature',
  change_budget: { max_files: 10, max_loc: 400 },
  blast_radius: { modules: ['packages/a'] },
  operational_rollback_slo: '30m',
  scope: { in: ['packages/a/src'], out: [] },
  invariants: ['nothing is lost'],
  acceptance: [{ id: 'A1', given: 'a row', when: 'it is read', then: 'it is there' }],
  non_functional: {},
  contracts: [{ type: 'sql', path: 'migrations/001.sql' }],
};

/** A waiver in a file of its own. */
export const waiver = {
  id: 'WV-0001',
  title: 'A larger budget',
  reason: 'emergency_hotfix',
  gates: ['budget_limit'],
  approved_by: 'lead@example.com',
  expires_at: '2026-12-31',
};

/** What one run came to. */
export const manifest = {
  agent: 'ada',
  model: 'm1',
  commit: 'abc',
  artifacts: [],
  results: {},
  approvals: [],
};

/** Puts documents into the `.caws` folder of a project; answers the project's. */
export async function writeProject(
  folder: string,
  documents: Readonly<Record<string, unknown>>,
): Promise<string> {
  for (const [name, document] of Object.entries(documents)) {
    const path = join(folder, '.caws', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(document));
  }
  return folder;
}
