import type { Catalogue, Policy } from '../catalogue/catalogue.ts';
import type { FunctionRow } from '../catalogue/queries/functions.ts';
import { castsOf } from '../expressions/comparison.ts';
import { callsIn, CURRENT_SETTING, settingsIn, withoutCasts } from '../expressions/condition.ts';
import { asNode, findNodes } from '../expressions/tree.ts';
import { conditionsOf } from './policy-conditions.ts';
import { placeOf, type Problem, type Rule } from './rule.ts';

function applicable(catalogue: Catalogue): Policy[] {
  return catalogue.policies.filter((policy) => catalogue.applies(policy));
}

/** Functions of the database's own that the audience's policies call. */
export function calledFunctions(catalogue: Catalogue): FunctionRow[] {
  const names = applicable(catalogue).flatMap((policy) =>
    conditionsOf(policy).flatMap(({ tree }) => callsIn(tree).map(({ name }) => name)),
  );
  return [...new Set(names)]
    .filter((name) => !name.startsWith('pg_catalog.'))
    .flatMap((name) => catalogue.functionsNamed(name));
}

/** Looks at what policies say themselves, and at the bodies of functions that they call. */
function onPoliciesAndBodies(
  inPolicy: (policy: Policy) => string | undefined,
  inBody: (routine: FunctionRow) => string | undefined,
): Rule['check'] {
  const at = (place: string, message: string | undefined): Problem[] =>
    message === undefined ? [] : [{ place, message }];
  return (catalogue) => [
    ...applicable(catalogue).flatMap((policy) => at(placeOf(policy), inPolicy(policy))),
    ...calledFunctions(catalogue).flatMap((routine) => at(routine.signature, inBody(routine))),
  ];
}

/** Settings that an application defines have a dot in their name; a computed name may be any. */
function isCustom(setting: string): boolean {
  return setting === '' || setting.includes('.');
}

const SETTING_IN_BODY = /\bcurrent_setting\(\s*'(?<name>[^']+)'/gi;
/** What a body does that does not take the setting at its word. */
const VERIFIES = /\b(?:hmac|digest|sha\d{3}|verify\w*|\w*signature\w*)\b/i;

function settingsInBody({ source }: FunctionRow): string[] {
  return [...source.matchAll(SETTING_IN_BODY)].flatMap(({ groups }) => groups?.['name'] ?? []);
}

function isVerified({ is_definer, source }: FunctionRow): boolean {
  return is_definer && VERIFIES.test(source);
}

const TEXTS = new Set(['text', 'varchar', 'bpchar', 'name']);
const CAST_IN_BODY =
  /\bcurrent_setting\([^()]*\)\s*\)?(?:\s*::\s*text)?\s*\)?\s*::\s*(?!text\b|varchar\b)\w+/i;

/** `current_setting(…)::uuid`, without `nullif` between them. */
function castsSetting({ using, check }: Policy): boolean {
  return [using, check].some((condition) =>
    findNodes(condition?.tree, 'TypeCast').some((cast) => {
      const node = { TypeCast: cast };
      const call = asNode(withoutCasts(node), 'FuncCall');
      const isSetting = call !== undefined && callsIn({ FuncCall: call })[0]?.name === CURRENT_SETTING;
      return isSetting && castsOf(node).some((type) => !TEXTS.has(type));
    }),
  );
}

/** Settings by which policies decide, in their own text or in a function's. */
function decidingSettings(catalogue: Catalogue): Set<string> {
  return new Set([
    ...applicable(catalogue).flatMap((policy) =>
      conditionsOf(policy).flatMap(({ tree }) => settingsIn(tree)),
    ),
    ...calledFunctions(catalogue).flatMap(settingsInBody),
  ]);
}

export const policySettingRules: readonly Rule[] = [
  {
    name: 'policy-trusts-setting',
    severity: 'warning',
    what: 'A policy, or a function that it calls, takes a custom setting at its word.',
    why: '`set` needs no privilege: one injected statement, and the transaction is another tenant’s.',
    instead:
      'A signed setting, which a `security definer` function verifies with a key that the caller cannot read.',
    check: onPoliciesAndBodies(
      (policy) => {
        const setting = conditionsOf(policy)
          .flatMap(({ tree }) => settingsIn(tree))
          .find(isCustom);
        return setting === undefined ? undefined : `${setting || 'a setting'} is whatever a statement sets`;
      },
      (routine) => {
        const setting = settingsInBody(routine).find(isCustom);
        return setting === undefined || isVerified(routine)
          ? undefined
          : `${setting} is whatever a statement sets, and policies believe it`;
      },
    ),
  },
  {
    name: 'policy-casts-empty-setting',
    severity: 'error',
    what: 'A policy, or a function that it calls, casts a setting to something other than text.',
    why: "After the first transaction that set it, a custom setting is `''` and not null: `''::uuid` fails, in every later use of the connection.",
    instead: "`nullif(current_setting(name, true), '')::uuid`.",
    check: onPoliciesAndBodies(
      (policy) => (castsSetting(policy) ? 'casts a setting that may be empty' : undefined),
      ({ source }) => (CAST_IN_BODY.test(source) ? 'casts a setting that may be empty' : undefined),
    ),
  },
  {
    name: 'tenant-preset',
    severity: 'error',
    what: 'A role or the database presets a setting by which policies decide.',
    why: 'Whoever forgets to say whose the transaction is, works for that tenant.',
    instead: '`alter role … reset …`: without a tenant there are no rows.',
    check: (catalogue) => {
      const deciding = decidingSettings(catalogue);
      return catalogue.rows.presets
        .filter(({ name }) => deciding.has(name))
        .map(({ role, name }) => ({
          place: role === null ? 'database' : `role ${role}`,
          message: `presets ${name}, by which policies decide`,
        }));
    },
  },
];
