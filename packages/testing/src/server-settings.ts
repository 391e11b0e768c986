/** Names and values as `postgres -c` takes them. */
export type ServerSettings = Readonly<Record<string, string>>;

/** What every server of this package runs with, so that tests see the same PostgreSQL wherever it comes from. */
const always = {
  jit: 'off',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Durability costs time, and a throw-away server has nothing to lose. */
const withoutDurability = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** The settings of a server; one whose data is to last keeps its durability. */
export function serverSettings(lasting: boolean): ServerSettings {
  return lasting ? always : { ...always, ...withoutDurability };
}

/** The same as `postgres` takes them: `-c name=value …`. */
export function asArguments(settings: ServerSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
