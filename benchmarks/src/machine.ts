import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { withSession } from '@agent-agency/testing';

/** Where it was measured: without it, times say little. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Processes that wanted a core in the last minute, before the benchmark began. */
  readonly loadAverage: number;
}

export function machineFacts(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    loadAverage: loadavg()[0] ?? 0,
  };
}

const PACKAGES = ['pg', 'postgres', 'kysely'];

/** What was measured, by name. */
export async function versionFacts(databaseUrl: string): Promise<Record<string, string>> {
  const { rows } = await withSession(databaseUrl, (session) => session.query('show server_version'));
  return {
    node: process.versions.node,
    postgresql: String(rows[0]?.['server_version']),
    ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const path = findPackageJSON(name, import.meta.url);
  if (path === undefined) return 'unknown';
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
