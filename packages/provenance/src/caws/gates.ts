import { z } from 'zod';
import { checkDocument, type GivenDocument, type JsonObject } from './caws-document.ts';
import { isJsonObject } from '../format/json-object.ts';
import type { Problems } from './problems.ts';

/** What came of one gate. */
export interface GateResult {
  readonly name: string;
  readonly status: 'pass' | 'fail' | 'warn' | 'skip';
  /** As the report gives it. */
  readonly result: JsonObject;
}

const name = z.string().min(1).max(100);

/** A gate as the checker of 2025-10 reports it. */
const Check = z.looseObject({
  passed: z.boolean(),
  score: z.number().min(0).max(1).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  errors: z.array(z.string()).optional(),
});

/** A gate as the events of 2026 report it. */
const Event = z.looseObject({
  name,
  status: z.enum(['pass', 'fail', 'warn', 'skip']),
  mode: z.enum(['block', 'warn', 'off', 'skip']),
});

const Checks = z.record(name, Check);

/**
 * @see darianrosebrook/agent-agency, apps/tools/caws/shared/gate-checker.ts, and Paths-Design/coding-agent-working-standard,
 *   packages/caws-cli/schemas/events/gates_evaluated.schema.json
 */
const Events = z.looseObject({
  gates: z.array(Event).refine((gates) => new Set(gates.map((gate) => gate.name)).size === gates.length, {
    message: 'must not name a gate twice',
  }),
});

/** The gates of a report of either form: a map from names to results, or a list under `gates`. */
export function checkGates(given: GivenDocument, problems: Problems): GateResult[] {
  return isEvents(given.document) ? checkEvents(given, problems) : checkChecks(given, problems);
}

function checkEvents(given: GivenDocument, problems: Problems): GateResult[] {
  const report = checkDocument(Events, given, problems);
  const results = (report?.content['gates'] ?? []) as readonly JsonObject[];
  return results.flatMap((result, at) => {
    const gate = report?.value.gates[at];
    return gate === undefined ? [] : [{ name: gate.name, status: gate.status, result }];
  });
}

function checkChecks(given: GivenDocument, problems: Problems): GateResult[] {
  const report = checkDocument(Checks, given, problems);
  return Object.entries(report?.value ?? {}).map(([gate, { passed }]) => ({
    name: gate,
    status: passed ? 'pass' : 'fail',
    result: report?.content[gate] as JsonObject,
  }));
}

function isEvents(document: unknown): boolean {
  return isJsonObject(document) && Array.isArray(document['gates']);
}
