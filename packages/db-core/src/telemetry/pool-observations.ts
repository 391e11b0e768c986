import {
  ValueType,
  type Attributes,
  type BatchObservableCallback,
  type BatchObservableResult,
  type Meter,
  type Observable,
} from '@opentelemetry/api';
import type { CircuitState } from '../events/pool-events.ts';
import { poolAttributes, poolName, type Server } from './attributes.ts';
import type { TelemetrySource } from './pool-metrics.ts';

/** A pool, and the one thing about it that only its events tell. */
interface ObservedPool {
  readonly name: string;
  readonly source: TelemetrySource;
  circuit: CircuitState;
}

/**
 * Pools of one database have one name (a shut down pool that still drains, and its successor), and of two observations
 * under one name only the last would count. So each pool observes the sum of its namesakes.
 */
const observedPools = new Set<ObservedPool>();

/** Reports a pool's size and state whenever metrics are collected, until the function that it answers is called. */
export function observePool(meter: Meter, source: TelemetrySource): () => void {
  const pool: ObservedPool = { name: poolName(source.config), source, circuit: 'closed' };
  observedPools.add(pool);
  const stopListening = source.events.on('circuitChanged', ({ state }) => {
    pool.circuit = state;
  });
  const stopReporting = report(meter, source.config);
  return () => {
    observedPools.delete(pool);
    stopListening();
    stopReporting();
  };
}

/** Knows the pools' name only: it is called once more after the pool is closed, and must not keep it alive. */
function report(meter: Meter, server: Server): () => void {
  const name = poolName(server);
  const attributes = poolAttributes(server);
  const instruments = createInstruments(meter);
  const observables = Object.values(instruments);
  let isOver = false;
  const callback: BatchObservableCallback = (result) => {
    const pools = [...observedPools].filter((pool) => pool.name === name);
    observe(result, instruments, { pools, attributes });
    // The SDK repeats what was observed last, so that has to be what is true of a closed pool: zero. And it walks
    // through its callbacks right now.
    if (isOver) queueMicrotask(() => meter.removeBatchObservableCallback(callback, observables));
  };
  meter.addBatchObservableCallback(callback, observables);
  return () => {
    isOver = true;
  };
}

type Instruments = Readonly<
  Record<'count' | 'idleMax' | 'idleMin' | 'max' | 'pendingRequests' | 'circuitStatus', Observable>
>;

function createInstruments(meter: Meter): Instruments {
  const create = (name: string, unit: string, description: string): Observable =>
    meter.createObservableUpDownCounter(name, { unit, description, valueType: ValueType.INT });
  return {
    count: create(
      'db.client.connection.count',
      '{connection}',
      'The number of connections that are currently in state described by the state attribute.',
    ),
    idleMax: create(
      'db.client.connection.idle.max',
      '{connection}',
      'The maximum number of idle open connections allowed.',
    ),
    idleMin: create(
      'db.client.connection.idle.min',
      '{connection}',
      'The minimum number of idle open connections allowed.',
    ),
    max: create(
      'db.client.connection.max',
      '{connection}',
      'The maximum number of open connections allowed.',
    ),
    pendingRequests: create(
      'db.client.connection.pending_requests',
      '{request}',
      'The number of current pending requests for an open connection.',
    ),
    circuitStatus: create(
      'agent_agency.db.circuit.status',
      '{pool}',
      'The number of pools whose circuit breaker is in the state described by the state attribute.',
    ),
  };
}

function observe(
  result: BatchObservableResult,
  instruments: Instruments,
  { pools, attributes }: { pools: readonly ObservedPool[]; attributes: Attributes },
): void {
  const sum = (valueOf: (pool: ObservedPool) => number): number =>
    pools.reduce((total, pool) => total + valueOf(pool), 0);
  const inState = (state: string): Attributes => ({ ...attributes, 'db.client.connection.state': state });
  const idle = sum(({ source }) => source.stats().idleCount);
  const total = sum(({ source }) => source.stats().totalCount);
  const waiting = sum(({ source }) => source.stats().waitingCount);
  const min = sum(({ source }) => source.config.min);
  const max = sum(({ source }) => source.config.max);
  result.observe(instruments.count, idle, inState('idle'));
  result.observe(instruments.count, total - idle, inState('used'));
  // Idle connections are closed when their time is over, not because they are too many: all of them may be idle.
  result.observe(instruments.idleMax, max, attributes);
  result.observe(instruments.idleMin, min, attributes);
  result.observe(instruments.max, max, attributes);
  result.observe(instruments.pendingRequests, waiting, attributes);
  for (const state of ['closed', 'half-open', 'open'] satisfies CircuitState[]) {
    const inThatState = pools.filter(({ circuit }) => circuit === state).length;
    result.observe(instruments.circuitStatus, inThatState, {
      ...attributes,
      'agent_agency.db.circuit.state': state,
    });
  }
}
