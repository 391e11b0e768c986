import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBundle } from '../../src/bundle/format-bundle.ts';
import { verifyBundle } from '../../src/bundle/verify-bundle.ts';
import { admitKey } from '../../src/keys/sign-key-statement.ts';
import { canonicalize, type JsonValue } from '../../src/verify.ts';
import { append, appendKey, bundleOf, local, parentsOf, root, trust } from './bundled-log.ts';

/** Small, with every field there is, and every kind of node. */
async function smallBundle() {
  let log = await append(
    [],
    { description: 'gut', specHash: 'c0ffee', constitutionalRefs: ['§7', ''] },
    root,
  );
  log = await append(log, { evidenceCompleteness: 0, budgetAdherence: 100, gateIntegrity: 7 }, root);
  const admission = { tenantId: 'acme', key: local, purposes: ['nodes'] as const, authorities: [root] };
  log = await appendKey(log, await admitKey(admission), root);
  log = await append(log, { provenanceClarity: 85, ...parentsOf(log, 1, 2) }, local);
  return bundleOf(log, [1, 2, 4]);
}

const bundle = await smallBundle();
const text = formatBundle(bundle);
const held = { ...trust, ids: bundle.nodes.map(({ id }) => id) };

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Path = readonly (string | number)[];

/** Every value in the document, containers included, with the way to it. */
function* valuesOf(value: Json, path: Path = []): Generator<[Path, Json]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [step, part] of Object.entries(value))
    yield* valuesOf(part, [...path, Array.isArray(value) ? Number(step) : step]);
}

/** Other values in its place. */
function othersThan(value: Json): Json[] {
  const ofOtherType = [null, '', []];
  if (typeof value === 'string') return [...ofOtherType, ...textsNear(value)];
  if (typeof value === 'number') return [...ofOtherType, value + 1, value - 1, String(value)];
  if (Array.isArray(value)) return [...ofOtherType, ...listsNear(value)];
  return [...ofOtherType, ...objectsNear(value as Record<string, Json>)];
}

function textsNear(value: string): string[] {
  const flipped = [0, Math.floor(value.length / 2), value.length - 1].map((at) => {
    const other = String.fromCharCode(value.charCodeAt(at) ^ 1);
    return value.slice(0, at) + other + value.slice(at + 1);
  });
  return [...flipped, value.slice(1), `${value} `, value.toUpperCase()];
}

function listsNear(list: Json[]): Json[][] {
  return list.flatMap((item, at) => [
    list.toSpliced(at, 1),
    list.toSpliced(at, 0, item),
    list.toSpliced(at, 2, ...list.slice(at, at + 2).reverse()),
  ]);
}

const optionalMembers = {
  description: '',
  previous_hash: '0'.repeat(64),
  spec_hash: '',
  gate_integrity: 0,
  more: 1,
};

function objectsNear(object: Record<string, Json>): Json[] {
  const names = Object.keys(object);
  const without = names.map((name) =>
    Object.fromEntries(
      names.filter((other) => other !== name).map((other) => [other, object[other] ?? null]),
    ),
  );
  const added = Object.entries(optionalMembers).filter(([name]) => !(name in object));
  return [...without, ...added.map(([name, value]) => ({ ...object, [name]: value }))];
}

function replaced(value: Json, path: Path, other: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return other;
  const copy = structuredClone(value) as Record<string | number, Json>;
  copy[step] = replaced(copy[step] ?? null, rest, other);
  return copy;
}

/** Canonical where it can be, so that not the spelling is what is found. */
function write(document: Json): string {
  return Buffer.from(canonicalize(document as JsonValue)).toString();
}

describe('a change of anything in a bundle', () => {
  it('is found, whatever in the document it is, and in the node that it is in', () => {
    expect(verifyBundle(text, held).ok).toBe(true);
    const document = JSON.parse(text) as Json;
    const missed: unknown[] = [];
    let changes = 0;
    for (const [path, value] of valuesOf(document)) {
      for (const other of othersThan(value)) {
        const changed = write(replaced(document, path, other));
        if (changed === text) continue;
        changes += 1;
        const verdict = verifyBundle(changed, held);
        const [, index] = path[0] === 'nodes' && path.length > 2 ? path : [];
        if (verdict.ok || (index !== undefined && !verdict.faults.some((fault) => fault.index === index)))
          missed.push([path, other]);
      }
    }
    expect(missed).toEqual([]);
    expect(changes).toBeGreaterThan(500);
  });

  it('is found, whatever character it is', () => {
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom('', '0', 'a', '"', '\\', ' ', '€'),
        (at, cut, put) => {
          const changed = text.slice(0, at) + put + text.slice(at + cut);
          expect(verifyBundle(changed, held).ok).toBe(changed === text);
        },
      ),
      { numRuns: 100 },
    );
  });
});
