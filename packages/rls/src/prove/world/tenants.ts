/** Who takes part in the proof. Nobody else is looked at: what other tenants a database has is nothing to it. */
export const TENANTS = {
  /** The one that asks. Its rows are what it may see. */
  own: 'proof-own',
  /** Keeps to itself. */
  other: 'proof-other',
  /** Shares its rows with the one that asks, which has said that it is going to read them. */
  sharing: 'proof-sharing',
  /** Shared them, and its rule has expired. */
  expired: 'proof-expired',
  /** Shares them; nobody has said that they are going to be read. */
  unlogged: 'proof-unlogged',
  /** Learns together with the one that asks, by both sides' consent. */
  federated: 'proof-federated',
  /** Nobody can act as it. */
  suspended: 'proof-suspended',
} as const;

export type Participant = keyof typeof TENANTS;

/** How a tenant shares that very nearly lets its rows be read: each lacks one thing. */
export interface NearMiss {
  readonly tenant: string;
  readonly lacks: string;
  readonly level?: string;
  readonly rule?: Readonly<Record<string, unknown>>;
  /** What differs in the entry of its access log; `null`: there is none. */
  readonly entry?: Readonly<Record<string, unknown>> | null;
  readonly policy?: Readonly<Record<string, unknown>>;
  /** The resource that its access log says nothing of. */
  readonly unlogged?: string;
  readonly isSuspended?: true;
}

const PAST = '2025-01-01T00:00:00Z';

export const NEAR_MISSES: readonly NearMiss[] = [
  { tenant: TENANTS.expired, lacks: 'a rule that has not expired', rule: { expires_at: PAST } },
  { tenant: TENANTS.unlogged, lacks: 'an entry in its access log', entry: null },
  { tenant: 'proof-strict', lacks: 'the level shared', level: 'strict' },
  { tenant: 'proof-learning', lacks: 'the level shared, it is federated', level: 'federated' },
  { tenant: 'proof-inactive', lacks: 'an active rule', rule: { active: false } },
  { tenant: 'proof-anonymized', lacks: 'a rule for rows', rule: { anonymization_level: 'differential' } },
  {
    tenant: 'proof-elsewhere',
    lacks: 'a rule for the one that asks',
    rule: { target_tenant_id: 'proof-other' },
  },
  {
    tenant: 'proof-partial',
    lacks: 'a rule for the same table, and an entry for the one that it has a rule for',
    rule: { resource_types: ['agent_capabilities'] },
    unlogged: 'agent_capabilities',
  },
  { tenant: 'proof-private', lacks: 'a policy that lets it share', policy: { access_level: 'read' } },
  {
    tenant: 'proof-unnamed',
    lacks: 'a policy that names the one that asks',
    policy: { allowed_tenants: ['proof-other'] },
  },
  { tenant: 'proof-late', lacks: 'an entry of the last minute', entry: { accessed_at: PAST } },
  { tenant: 'proof-counted', lacks: 'an entry that says what is going to be read', entry: { row_count: 1 } },
  { tenant: 'proof-aggregated', lacks: 'an entry for reading rows', entry: { access_type: 'aggregate' } },
  { tenant: 'proof-someone', lacks: 'an entry of the same user', entry: { user_id: 'somebody else' } },
  {
    tenant: 'proof-reader',
    lacks: 'an entry of the same tenant',
    entry: { accessor_tenant_id: 'proof-other' },
  },
  { tenant: 'proof-confused', lacks: 'an entry about the same table', entry: { table_name: 'tenants' } },
  { tenant: 'proof-hasty', lacks: 'an entry of an earlier transaction', entry: { transaction_id: null } },
  { tenant: 'proof-halted', lacks: 'nothing but that it is not suspended', isSuspended: true },
];

/** Every tenant of the proof. */
export const ALL_TENANTS: readonly string[] = [
  ...new Set([...Object.values(TENANTS), ...NEAR_MISSES.map(({ tenant }) => tenant)]),
];
