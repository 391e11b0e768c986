import { Composer, type Document, LineCounter, type Pair, Parser, type Scalar, visit } from 'yaml';
import { type JsonValue, maxJsonDepth } from '../format/canonical-json.ts';
import { Problems } from './problems.ts';
import { measureYaml } from './yaml-extent.ts';

/** The longest text that is read. **Units** UTF-16 code units; this repository’s own working spec has some 8,000. */
export const maxDocumentLength = 131_072;

/** How many aliases a text may hold: resolving n of them takes n² steps. */
const maxAliases = 100;

/** YAML 1.2 and JSON, nothing else. Duplicate keys are looked for below: the library would compare each key with each. */
const options = {
  version: '1.2',
  schema: 'core',
  strict: true,
  stringKeys: true,
  uniqueKeys: false,
  resolveKnownTags: false,
} as const;

/**
 * The value of a document in YAML 1.2 (core schema) or JSON.
 *
 * Refuses what readers understand differently: duplicate keys, tags, directives, a second document, keys that are no
 * scalars, numbers that are not exactly what is written. `<<` is a key like any other, a date is text.
 *
 * Shape: text of at most {@link maxDocumentLength}, at most {@link maxJsonDepth} deep, at most 100 aliases.
 * Cost: linear.
 * @throws ProvenanceError `DOCUMENT_INVALID` with every problem and its line; never with what stands there
 * @see YAML 1.2.2 section 10.3
 * @example
 * readCawsDocument('id: FEAT-0001\nrisk_tier: 2\n'); // { id: 'FEAT-0001', risk_tier: 2 }
 */
export function readCawsDocument(text: string): JsonValue {
  const problems = new Problems();
  const value = readInto(problems, text);
  if (problems.any) throw problems.error('this document cannot be read');
  return value as JsonValue;
}

/** As {@link readCawsDocument}; what is wrong goes to `problems`, which has none yet, and the answer means nothing then. */
export function readInto(problems: Problems, text: string): unknown {
  const document = compose(text, problems);
  if (document !== undefined) inspect(document.root, document.lines, problems);
  return document === undefined || problems.any ? undefined : resolve(document.root, problems);
}

/** The nodes of the one document in a text. */
interface Composed {
  readonly root: Document;
  readonly lines: LineCounter;
}

function compose(text: string, problems: Problems): Composed | undefined {
  if (text.length > maxDocumentLength) {
    problems.add('document', `is longer than ${String(maxDocumentLength)} characters`);
    return undefined;
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const { depth, aliases } = measureYaml(tokens);
  if (depth > maxJsonDepth) problems.add('document', `nests deeper than ${String(maxJsonDepth)} levels`);
  if (aliases > maxAliases) problems.add('document', `has more than ${String(maxAliases)} aliases`);
  if (tokens.some(({ type }) => type === 'directive')) problems.add('document', 'has directives');
  if (problems.any) return undefined;
  const [root, second] = new Composer(options).compose(tokens, true, text.length);
  if (second !== undefined) problems.add('document', 'is more than one');
  return root === undefined ? undefined : { root, lines };
}

/** The library's own messages quote the text, so its codes go out instead. */
function inspect(root: Document, lines: LineCounter, problems: Problems): void {
  const at = (offset: number | undefined): string => `line ${String(lines.linePos(offset ?? 0).line)}`;
  for (const { code, pos } of [...root.errors, ...root.warnings]) problems.add(at(pos[0]), code);
  visit(root, {
    Map: (_, map) => {
      const keys = new Set<unknown>();
      for (const { key } of map.items as Pair<Scalar>[]) {
        if (keys.has(key.value)) problems.add(at(key.range?.[0]), 'has a key for the second time');
        keys.add(key.value);
      }
    },
    Alias: (_, { source, range }, path) => {
      if (path.some((outer) => 'anchor' in outer && outer.anchor === source))
        problems.add(at(range?.[0]), 'has an alias within what it stands for');
    },
    Scalar: (_, { value, range, source = '' }) => {
      if (typeof value === 'number' && !isExact(value, source))
        problems.add(at(range?.[0]), 'has a number that JSON cannot hold exactly: write it as text');
    },
  });
}

/** Whether canonical JSON will show what was written: not so infinity and NaN, nor most integers beyond 2^53. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (!/^([-+]?\d+|0[xo].+)$/.test(source)) return true;
  // From 1e21 on it is written with an exponent.
  return BigInt(source) === BigInt(Math.abs(value) < 1e21 ? String(value) : value);
}

function resolve(root: Document, problems: Problems): unknown {
  try {
    // The anchor itself counts as one.
    return root.toJS({ maxAliasCount: maxAliases + 1 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    problems.add('document', 'has an alias without anchor, or aliases of aliases that grow beyond measure');
    return undefined;
  }
}
