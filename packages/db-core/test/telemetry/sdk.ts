import { context, metrics, trace, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { PoolEventEmitter } from '../../src/events/pool-events.ts';
import type { TelemetrySource } from '../../src/telemetry/pool-metrics.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

/** OpenTelemetry's own SDK, which keeps what it would send. */
export class Sdk {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #meterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.#metrics })],
  });

  static register(): Sdk {
    const sdk = new Sdk();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    sdk.registerTracing();
    metrics.setGlobalMeterProvider(sdk.#meterProvider);
    return sdk;
  }

  registerTracing(): void {
    const processor = new SimpleSpanProcessor({ exporter: this.#spans });
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
  }

  spans(): ReturnType<InMemorySpanExporter['getFinishedSpans']> {
    return this.#spans.getFinishedSpans();
  }

  span(name: string): ReturnType<InMemorySpanExporter['getFinishedSpans']>[number] {
    const [span, ...others] = this.spans().filter((each) => each.name === name);
    if (span === undefined || others.length > 0) {
      throw new Error(`${others.length + (span ? 1 : 0)} spans "${name}"`);
    }
    return span;
  }

  /** All metrics of one collection, by name. */
  async metrics(): Promise<Map<string, MetricData>> {
    this.#metrics.reset();
    await this.#meterProvider.forceFlush();
    const scopes = this.#metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    return new Map(
      scopes.flatMap((scope) => scope.metrics).map((metric) => [metric.descriptor.name, metric]),
    );
  }

  /** Value of every set of attributes of a metric; of a histogram, its sum. */
  async values(name: string): Promise<{ attributes: Attributes; value: number }[]> {
    const points = (await this.metrics()).get(name)?.dataPoints ?? [];
    return points.map(({ attributes, value }) => ({
      attributes,
      value: typeof value === 'number' ? value : (value.sum ?? Number.NaN),
    }));
  }

  async shutdown(): Promise<void> {
    unregisterSdk();
    await this.#meterProvider.shutdown();
  }
}

export function unregisterSdk(): void {
  trace.disable();
  metrics.disable();
  context.disable();
}

/** A pool without connections: what telemetry sees of one. */
export class FakePool implements TelemetrySource {
  readonly config;
  readonly events = new PoolEventEmitter();
  counters = { totalCount: 0, idleCount: 0, waitingCount: 0 };

  constructor(config: { port?: number; max?: number } = {}) {
    this.config = parseConfig({
      host: 'db.example',
      port: 6432,
      database: 'agents',
      min: 3,
      max: 12,
      ...config,
    });
  }

  stats(): typeof this.counters {
    return this.counters;
  }
}

/** Closed when the test is over: pools of one name are summed up, also those of another test. */
export function telemetryOf(pool: FakePool, role?: 'primary' | 'replica'): Telemetry {
  const telemetry = new Telemetry(pool, role);
  onTestFinished(() => telemetry.close());
  return telemetry;
}
