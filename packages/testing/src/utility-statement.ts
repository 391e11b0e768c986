import type { SqlSession } from './session.ts';

/**
 * Runs a statement that takes no parameters (`create database`, `alter role`, …); the server itself quotes the
 * values into it, `%I` for names and `%L` for texts.
 */
export async function runUtility(
  session: SqlSession,
  template: string,
  values: readonly string[],
): Promise<void> {
  const { rows } = await session.query('select format($1::text, variadic $2::text[]) as statement', [
    template,
    values,
  ]);
  await session.query(String(rows[0]?.['statement']));
}
