import { readFile } from 'node:fs/promises';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Step } from '../history.ts';
import { definers, enumerations, policies, routines, triggers } from './behaviour.ts';
import { domainsOf } from './domains.ts';
import { dimIndexes } from './indexes.ts';
import { migrationOrder } from './migration-order.ts';
import { domainChapters, overview } from './tables.ts';

const TEMPLATE = new URL('template.md', import.meta.url);

/**
 * docs/database/SCHEMA-DOCUMENTATION.md: the template with what the catalogue says.
 *
 * @throws Error for a place in the template that nothing belongs into, and for something that has no place.
 */
export async function schemaDocumentation(catalogue: Catalogue, steps: readonly Step[]): Promise<string> {
  const domains = domainsOf(catalogue, steps);
  return fill(await readFile(TEMPLATE, 'utf8'), {
    overview: overview(domains),
    domains: domainChapters(catalogue, domains),
    enumerations: enumerations(catalogue),
    functions: routines(catalogue),
    triggers: triggers(catalogue),
    policies: policies(catalogue),
    definers: definers(catalogue),
    indexes: dimIndexes(catalogue),
    migrations: migrationOrder(steps),
  });
}

/** Puts a text into each `<!-- name -->` of the template. Pure. */
export function fill(template: string, texts: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(texts));
  const filled = template.replaceAll(/^<!-- ([a-z]+) -->$/gm, (_, name: string) => {
    const text = texts[name];
    if (text === undefined) throw new Error(`nothing belongs into <!-- ${name} -->`);
    unused.delete(name);
    return text;
  });
  if (unused.size > 0) throw new Error(`the template has no place for ${[...unused].join(', ')}`);
  return filled;
}
