/** Microseconds since 1970 as people read them; those beyond a calendar as a number. */
export function isoOfMicros(micros: bigint): string {
  const at = new Date(Number(micros / 1000n));
  return Number.isNaN(at.getTime()) ? `${String(micros)} µs` : at.toISOString();
}

/** Seconds of POSIX time, as {@link isoOfMicros}. */
export function isoOfSeconds(seconds: number): string {
  return isoOfMicros(BigInt(seconds) * 1_000_000n);
}
