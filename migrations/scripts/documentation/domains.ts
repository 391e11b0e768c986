import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Relation } from '../catalogue/relations.ts';
import type { Step } from '../history.ts';

/** The tables and views that one migration made: what was thought of together is read together. */
export interface Domain {
  readonly title: string;
  readonly purpose: string;
  readonly tables: readonly Relation[];
  readonly views: readonly Relation[];
}

/** Every domain that has a table or view, in the order of the migrations. */
export function domainsOf({ relations }: Catalogue, steps: readonly Step[]): readonly Domain[] {
  return steps
    .map(({ name, purpose, made }) => {
      const names = new Set(made.map((object) => object.name));
      const own = relations.filter((relation) => names.has(relation.name) && !relation.isPartition);
      return {
        title: titleOf(name),
        purpose,
        tables: own.filter(({ kind }) => kind === 'table'),
        views: own.filter(({ kind }) => kind !== 'table'),
      };
    })
    .filter(({ tables, views }) => tables.length + views.length > 0);
}

/** `006_create_knowledge_graph_schema` → `Knowledge graph`. */
export function titleOf(step: string): string {
  if (step === 'bootstrap') return 'Journal of the migrations';
  const words = step.replace(/^\d+_(?:create_|add_)?/, '').replace(/_(?:tables|schema|views)$/, '');
  return words.charAt(0).toUpperCase() + words.slice(1).replaceAll('_', ' ');
}
