import { ValueType, type Meter, type MetricOptions } from '@opentelemetry/api';
import type { DatabaseConfig } from '../config.ts';
import type { PoolEventEmitter } from '../events/pool-events.ts';
import { ERROR_TYPE, poolAttributes } from './attributes.ts';
import { observePool } from './pool-observations.ts';

/** What telemetry has to know of a pool. */
export interface TelemetrySource {
  readonly config: Pick<DatabaseConfig, 'host' | 'port' | 'database' | 'min' | 'max'>;
  readonly events: PoolEventEmitter;
  stats(): { totalCount: number; idleCount: number; waitingCount: number };
}

/** A histogram of seconds. The conventions recommend these bounds for operations, and none for what a pool does. */
export const DURATION: MetricOptions = {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
};

/** Measures a pool from its events and counters; answers a function that stops it and lets go of the pool. */
export function measurePool(meter: Meter, source: TelemetrySource): () => void {
  const stops = [
    ...recordDurations(meter, source),
    ...countTroubles(meter, source),
    observePool(meter, source),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function recordDurations(meter: Meter, { config, events }: TelemetrySource): (() => void)[] {
  const pool = poolAttributes(config);
  const createTime = meter.createHistogram('db.client.connection.create_time', {
    description: 'The time it took to create a new connection.',
    ...DURATION,
  });
  const waitTime = meter.createHistogram('db.client.connection.wait_time', {
    description: 'The time it took to obtain an open connection from the pool.',
    ...DURATION,
  });
  const useTime = meter.createHistogram('db.client.connection.use_time', {
    description: 'The time between borrowing a connection and returning it to the pool.',
    ...DURATION,
  });
  return [
    events.on('connectionOpened', ({ durationMs }) => createTime.record(durationMs / 1000, pool)),
    events.on('acquired', ({ waitMs }) => waitTime.record(waitMs / 1000, pool)),
    events.on('released', ({ heldMs }) => useTime.record(heldMs / 1000, pool)),
  ];
}

function countTroubles(meter: Meter, { config, events }: TelemetrySource): (() => void)[] {
  const pool = poolAttributes(config);
  const timeouts = meter.createCounter('db.client.connection.timeouts', {
    description:
      'The number of connection timeouts that have occurred trying to obtain a connection from the pool.',
    unit: '{timeout}',
    valueType: ValueType.INT,
  });
  const failures = meter.createCounter('agent_agency.db.acquire.failures', {
    description: 'The number of callers that did not get a connection, for whatever reason.',
    unit: '{request}',
    valueType: ValueType.INT,
  });
  const leaks = meter.createCounter('agent_agency.db.connection.leaks', {
    description: 'The number of connections that were held for longer than leakReportMs.',
    unit: '{connection}',
    valueType: ValueType.INT,
  });
  const retries = meter.createCounter('agent_agency.db.transaction.retries', {
    description: 'The number of times that a transaction was run again.',
    unit: '{retry}',
    valueType: ValueType.INT,
  });
  // A rate needs the zero that it begins with, or it does not see the first one.
  timeouts.add(0, pool);
  leaks.add(0, pool);
  return [
    events.on('acquireFailed', ({ error }) => {
      failures.add(1, { ...pool, [ERROR_TYPE]: error.code });
      if (error.code === 'ACQUIRE_TIMEOUT') timeouts.add(1, pool);
    }),
    events.on('leakSuspected', () => leaks.add(1, pool)),
    events.on('retried', ({ error }) => retries.add(1, { ...pool, [ERROR_TYPE]: error.code })),
  ];
}
