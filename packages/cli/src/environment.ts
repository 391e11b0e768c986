/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's value; one that is set to nothing counts as absent. */
export function setting(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
