/** A tenant, and how many vectors it has. */
export interface Tenant {
  readonly id: string;
  /** Its place by size, from 0. */
  readonly place: number;
  readonly vectors: number;
}

/** Tenants whose sizes follow Zipf's law: the n-th has a share of 1/n of the first one's, and ten at least. */
export function zipfTenants(prefix: string, count: number, vectors: number): Tenant[] {
  const harmonic = Array.from({ length: count }, (_, place) => 1 / (place + 1)).reduce(
    (sum, one) => sum + one,
  );
  return Array.from({ length: count }, (_, place) => ({
    id: `${prefix}-${String(place).padStart(4, '0')}`,
    place,
    vectors: Math.max(10, Math.round(vectors / harmonic / (place + 1))),
  }));
}
