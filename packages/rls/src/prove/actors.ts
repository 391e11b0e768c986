import type { Scene } from './attempt.ts';
import { quoteLiteral } from './connection.ts';
import { CONTEXTS, type Context } from './contexts.ts';
import type { TableModel } from './model/tables.ts';
import type { World } from './world/make-world.ts';
import { TENANTS } from './world/tenants.ts';

/** Roles of the data layer. */
export const ROLES = {
  app: 'agent_agency_app',
  readonly: 'agent_agency_readonly',
  maintenance: 'agent_agency_maintenance',
  service: 'agent_agency_service',
  owner: 'agent_agency_owner',
} as const;
export type Role = keyof typeof ROLES;

/** Somebody who asks: a role in a context. */
export interface Actor {
  readonly role: Role;
  readonly context: Context;
  /** The tenant whose rows an operator has opened in the same transaction. */
  readonly maintains?: string;
}

/** The name of a column of the matrix. */
export function nameOf({ role, context, maintains }: Actor): string {
  return `${role}: ${context.name}${maintains === undefined ? '' : `, maintaining ${maintains}`}`;
}

/** The two logins, in every context. */
export const LOGINS: readonly Actor[] = (['app', 'readonly'] as const).flatMap((role) =>
  CONTEXTS.map((context) => ({ role, context })),
);

const contextOf = (name: string): Context => {
  const context = CONTEXTS.find((it) => it.name === name);
  if (context === undefined) throw new TypeError(`there is no context ${name}`);
  return context;
};

/** The roles that nobody logs in as, and what an operator's maintenance must not open to the application. */
export const OTHERS: readonly Actor[] = [
  { role: 'app', context: contextOf('own'), maintains: TENANTS.other },
  { role: 'readonly', context: contextOf('own'), maintains: TENANTS.other },
  { role: 'maintenance', context: contextOf('none') },
  { role: 'maintenance', context: contextOf('own') },
  { role: 'maintenance', context: contextOf('none'), maintains: TENANTS.own },
  { role: 'service', context: contextOf('none') },
  { role: 'service', context: contextOf('own') },
  { role: 'service', context: contextOf('none'), maintains: TENANTS.own },
  { role: 'owner', context: contextOf('none') },
  { role: 'owner', context: contextOf('own') },
];

/** The actor in front of a table; `resource` is what it asks to be shared, if it does. */
export function sceneOf({ role, context, maintains }: Actor, world: World, resource: string): Scene {
  return {
    role: ROLES[role],
    settings: {
      ...BLANK,
      ...context.settings(world),
      ...(context.asksShared ? { 'app.shared_access': resource } : {}),
    },
    ...(maintains === undefined
      ? {}
      : { before: [`select app.begin_tenant_maintenance(${quoteLiteral(maintains)}, 'erasure', 'proof')`] }),
  };
}

/** What the world's makers have set does not count. */
const BLANK = {
  'app.current_tenant': '',
  'app.current_user': '',
  'app.current_session': '',
  'app.context_signature': '',
  'app.shared_access': '',
};

/** What `app.shared_access` names for a relation. */
export function resourceOf(relation: string, model: TableModel | undefined): string {
  return model?.kind === 'tenant' && model.isShared ? relation : 'agent_profiles';
}

/** What policies decide does not depend on how a context is counterfeit: these tell as much as all. */
const TELLING = new Set([
  'own',
  'other',
  'shared',
  'shared, not asked for',
  'shared, expired',
  'none',
  'forged',
]);

/** Who asks where one layer of policies stands alone, or something is weakened. */
export const TELLING_ACTORS: readonly Actor[] = [
  ...LOGINS.filter(({ context }) => TELLING.has(context.name)),
  ...OTHERS,
];
