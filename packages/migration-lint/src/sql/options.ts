import type { Node } from '@pgsql/types';
import { findNodes, listOf } from './tree.ts';

const OFF = new Set(['false', 'off', 'no', '0']);

/** What a switch like `security_invoker` or `concurrently` is set to; undefined when it is not among the options. */
export function switchOf(options: readonly Node[] | undefined, name: string): boolean | undefined {
  const option = listOf(options, 'DefElem').find(({ defname }) => defname === name);
  if (option === undefined) return undefined;
  // The tree has `off` as a type in one place and as a string in another.
  const value = findNodes(option.arg, 'String')[0]?.sval ?? 'true';
  return !OFF.has(value.toLowerCase());
}
