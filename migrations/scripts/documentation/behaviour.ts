import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Policy } from '../catalogue/rules.ts';
import type { Routine } from '../catalogue/routines.ts';
import { code, codes, paragraphs, prose, table } from './markdown.ts';

/** Every enum with its values. */
export function enumerations({ enumerations: all }: Catalogue): string {
  return table(
    ['type', 'values', 'meaning'],
    all.map(({ name, values, comment }) => [code(name), codes(values), prose(comment)]),
  );
}

/** Every function that is called by name. */
export function routines({ routines: all }: Catalogue): string {
  return paragraphs(...all.filter(({ isTrigger }) => !isTrigger).map(routineSection));
}

function routineSection(routine: Routine): string {
  const { schema, name, parameters, result, language, volatility, parallel, isDefiner, owner, callers } =
    routine;
  const rights = isDefiner ? `with the rights of ${code(owner)}` : 'with the rights of its caller';
  const may = callers.length === 0 ? 'nobody but the owner' : codes(callers);
  const call = `${schema === 'public' ? '' : `${schema}.`}${name}(${parameters})`;
  return paragraphs(
    `### ${code(`${schema === 'public' ? '' : `${schema}.`}${name}`)}`,
    prose(routine.comment),
    `${code(call)} → ${code(result)}`,
    `${language}, ${volatility}, parallel ${parallel}, ${rights}. May be executed by: ${may}.`,
  );
}

/** The functions that run with other rights than their caller's, and who can make use of that. */
export function definers({ routines: all }: Catalogue): string {
  return table(
    ['function', 'runs as', 'may be executed by', 'what for'],
    all
      .filter(({ isDefiner }) => isDefiner)
      .map(({ signature, owner, callers, isTrigger, comment }) => [
        code(signature),
        code(owner),
        isTrigger ? 'a trigger' : codes(callers),
        prose(comment),
      ]),
  );
}

/** Every trigger with what its function does. */
export function triggers({ triggers: all, routines: functions }: Catalogue): string {
  const commentOf = new Map(functions.map(({ signature, comment }) => [signature, comment]));
  return table(
    ['table', 'trigger', 'fires', 'function', 'what for'],
    all.map(({ table: on, name, event, condition, routine }) => [
      code(on),
      code(name),
      condition === null ? event : `${event}, when ${code(condition)}`,
      code(routine),
      prose(commentOf.get(routine)?.replace(/^Trigger: /, '') ?? ''),
    ]),
  );
}

/** The policies: those that say the same in one paragraph, with the tables that they are on. */
export function policies({ policies: all }: Catalogue): string {
  return paragraphs(...[...Map.groupBy(all, wordsOf)].map(policyGroup));
}

/** What a policy says; the tenant's column is the only thing in which tables differ. */
function wordsOf({ isRestrictive, command, roles, using, check }: Policy): string {
  const conditions = [
    using === null ? '' : `using ${code(using)}`,
    check === null ? '' : `with check ${check === using ? 'the same' : code(check)}`,
  ].filter((condition) => condition !== '');
  return `**${isRestrictive ? 'Restrictive' : 'Permissive'}, ${command}**, to ${codes(roles)}: ${conditions.join(', ')}`;
}

function policyGroup([words, members]: readonly [string, readonly Policy[]]): string {
  const list = members.map(({ name, table: on }) => `${code(on)} (${code(name)})`).join(', ');
  return paragraphs(words, `On ${list}.`);
}
