import {
  context,
  createNoopMeter,
  metrics,
  ProxyTracer,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Histogram,
  type Meter,
  type Tracer,
} from '@opentelemetry/api';
import { failureAttributes, QUERY_SUMMARY, serverAttributes, SYSTEM } from './attributes.ts';
import { DURATION, measurePool, type TelemetrySource } from './pool-metrics.ts';
import { querySummary } from './query-summary.ts';

/** What a transaction's span says of it. Never whose it is: tenants would multiply what is stored. */
export interface TransactionInfo {
  readonly kind: 'tenant' | 'system';
  readonly readOnly: boolean;
}

interface Operation {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** Where its duration goes. */
  readonly duration: Histogram | undefined;
}

const SCOPE = '@agent-agency/db-core';

/** How many statements are remembered with their summaries, and how long ones. */
const MAX_REMEMBERED = 1000;
const MAX_REMEMBERED_TEXT = 10_000;

/**
 * OpenTelemetry of one pool: spans and durations of what runs through it, and the metrics of its connections.
 *
 * Looks for an SDK once, when it is made, because a meter that was fetched before there is one stays without effect for
 * ever. Without one it costs two comparisons a statement.
 */
export class Telemetry {
  readonly #server: Attributes;
  readonly #role: string;
  readonly #tracer: Tracer | undefined;
  readonly #duration: Histogram | undefined;
  readonly #stopMeasuring: () => void;
  readonly #statements = new Map<string, Operation>();

  constructor(source: TelemetrySource, role: 'primary' | 'replica' = 'primary') {
    this.#server = serverAttributes(source.config);
    this.#role = role;
    this.#tracer = registeredTracer();
    const meter = registeredMeter();
    this.#duration = meter?.createHistogram('db.client.operation.duration', {
      description: 'Duration of database client operations.',
      ...DURATION,
    });
    this.#stopMeasuring = meter === undefined ? () => undefined : measurePool(meter, source);
  }

  /** A span around a transaction; the spans of statements inside `run` become its children. */
  transaction<T>({ kind, readOnly }: TransactionInfo, run: () => Promise<T>): Promise<T> {
    if (this.#tracer === undefined) return run();
    const attributes = {
      ...this.#server,
      'agent_agency.db.transaction.kind': kind,
      'agent_agency.db.transaction.read_only': readOnly,
      'agent_agency.db.server.role': this.#role,
    };
    const operation = {
      name: `${kind} transaction`,
      kind: SpanKind.INTERNAL,
      attributes,
      duration: undefined,
    };
    return this.#observed(operation, run);
  }

  /** A span around one statement, and its duration. */
  statement<T>(text: string, run: () => Promise<T>): Promise<T> {
    if (this.#tracer === undefined && this.#duration === undefined) return run();
    return this.#observed(this.#described(text), run);
  }

  /** Ends the metrics of the pool and lets go of it. What still runs is traced and timed to its end. */
  close(): void {
    this.#stopMeasuring();
  }

  async #observed<T>({ name, kind, attributes, duration }: Operation, run: () => Promise<T>): Promise<T> {
    const outside = context.active();
    const span = this.#tracer?.startSpan(name, { kind, attributes }, outside);
    const inside = span === undefined ? outside : trace.setSpan(outside, span);
    const startedAt = performance.now();
    let outcome = attributes;
    try {
      return await context.with(inside, run);
    } catch (error) {
      const failure = failureAttributes(error);
      outcome = { ...attributes, ...failure };
      // Not recordException(): it would export the stack and the message, which may be anybody's.
      span?.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      duration?.record((performance.now() - startedAt) / 1000, outcome, inside);
      span?.end();
    }
  }

  #described(text: string): Operation {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const summary = querySummary(text);
    const described: Operation = {
      name: summary === '' ? SYSTEM : summary,
      kind: SpanKind.CLIENT,
      attributes: summary === '' ? this.#server : { ...this.#server, [QUERY_SUMMARY]: summary },
      duration: this.#duration,
    };
    // A program has few statements. One that makes up ever new ones must not fill the memory with them.
    if (this.#statements.size >= MAX_REMEMBERED) this.#statements.clear();
    if (text.length <= MAX_REMEMBERED_TEXT) this.#statements.set(text, described);
    return described;
  }
}

/** Only without an SDK the API hands out its own proxy. */
function registeredTracer(): Tracer | undefined {
  const tracer = trace.getTracer(SCOPE);
  return tracer instanceof ProxyTracer ? undefined : tracer;
}

/** Only without an SDK the API hands out its own meter that does nothing. */
function registeredMeter(): Meter | undefined {
  const meter = metrics.getMeter(SCOPE);
  return meter === createNoopMeter() ? undefined : meter;
}
