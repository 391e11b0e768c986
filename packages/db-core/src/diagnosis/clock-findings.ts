import type { Finding } from './finding.ts';

/** What a signature is valid for: see `createContextSigner()`. Past it, nothing is accepted. */
const REJECTED_FROM_MS = 300_000;
const NOTICEABLE_FROM_MS = 60_000;

/** When this process asked for the time, what it was told, and when it had the answer: milliseconds since 1970. */
export interface ClockReading {
  readonly askedAt: number;
  readonly serverAt: number;
  readonly answeredAt: number;
}

export function clockFindings({ askedAt, serverAt, answeredAt }: ClockReading): Finding[] {
  // The server looked at its clock somewhere in between.
  const aheadMs = Math.max(0, serverAt - answeredAt);
  const behindMs = Math.max(0, askedAt - serverAt);
  if (Math.max(aheadMs, behindMs) <= NOTICEABLE_FROM_MS) return [];
  const seconds = Math.round(Math.max(aheadMs, behindMs) / 1000);
  return [
    {
      code: 'CLOCK_SKEW',
      severity: aheadMs >= REJECTED_FROM_MS ? 'error' : 'warning',
      title: `the server's clock is ${seconds} s ${aheadMs > 0 ? 'ahead' : 'behind'}`,
      detail:
        aheadMs > 0
          ? 'A signed tenant context expires after 300 s: the further ahead, the earlier, and at 300 s at once.'
          : 'A signed tenant context is valid for longer than 300 s.',
      remedy: 'synchronise the clocks of both machines (NTP)',
    },
  ];
}
