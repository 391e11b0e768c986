/** A function over a transaction, as every package exports them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of whatever arguments: they are inferred from each function
export type Operation<Tx> = (tx: Tx, ...args: any[]) => Promise<unknown>;

/** The same functions without their transaction. */
export type BoundOperations<Operations, Tx> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (tx: Tx, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never;
};

/**
 * Functions over a transaction for callers who want one call, one transaction: a `*Client` of a package is nothing else.
 *
 * @example
 * const agents = bindOperations({ listAgents }, (work) => manager.withTenant({ tenantId: 'acme' }, work));
 * await agents.listAgents({ limit: 10 });
 */
export function bindOperations<Tx, Operations extends Readonly<Record<string, Operation<Tx>>>>(
  operations: Operations,
  transact: (work: (tx: Tx) => Promise<unknown>) => Promise<unknown>,
): BoundOperations<Operations, Tx> {
  const bound = Object.entries(operations).map(([name, operation]) => [
    name,
    (...args: unknown[]) => transact((tx) => operation(tx, ...args)),
  ]);
  return Object.fromEntries(bound) as BoundOperations<Operations, Tx>;
}
