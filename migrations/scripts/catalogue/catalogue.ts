import type { SqlSession } from '@agent-agency/testing';
import { type Constraint, readConstraints } from './constraints.ts';
import { type Index, readIndexes } from './indexes.ts';
import { makeOwnViews } from './own-objects.ts';
import {
  type Column,
  readColumns,
  readRelations,
  readRights,
  type Relation,
  type Right,
} from './relations.ts';
import { type Enumeration, readEnumerations, readRoutines, type Routine } from './routines.ts';
import { type Policy, readPolicies, readTriggers, type Trigger } from './rules.ts';

/** What the migrations have made, as the database tells it. */
export interface Catalogue {
  readonly relations: readonly Relation[];
  readonly columns: readonly Column[];
  readonly rights: readonly Right[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  readonly policies: readonly Policy[];
  readonly triggers: readonly Trigger[];
  readonly routines: readonly Routine[];
  readonly enumerations: readonly Enumeration[];
}

/** Reads everything. Makes temporary views and sets the search path of the session. */
export async function readCatalogue(session: SqlSession): Promise<Catalogue> {
  await makeOwnViews(session);
  return {
    relations: await readRelations(session),
    columns: await readColumns(session),
    rights: await readRights(session),
    constraints: await readConstraints(session),
    indexes: await readIndexes(session),
    policies: await readPolicies(session),
    triggers: await readTriggers(session),
    routines: await readRoutines(session),
    enumerations: await readEnumerations(session),
  };
}
