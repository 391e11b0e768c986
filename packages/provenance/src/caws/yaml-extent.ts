import type { CST } from 'yaml';

/** How much work YAML tokens would be. */
export interface YamlExtent {
  /** How deep collections nest; a lone scalar is 0. */
  readonly depth: number;
  readonly aliases: number;
}

type Token = CST.Token | null | undefined;

/**
 * Measures tokens before they are composed: composing is recursive, and tens of thousands of brackets do not throw there,
 * they end the process.
 *
 * Cost: linear, without recursion.
 */
export function measureYaml(tokens: readonly CST.Token[]): YamlExtent {
  let [depth, aliases] = [0, 0];
  const waiting: { token: Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    depth = Math.max(depth, next.depth);
    if (next.token?.type === 'alias') aliases += 1;
    const inner = next.depth + Number(isCollection(next.token));
    for (const token of within(next.token)) waiting.push({ token, depth: inner });
  }
  return { depth, aliases };
}

/** An empty collection is as deep as one with something in it. */
function within(token: Token): Token[] {
  if (token?.type === 'document') return [token.value];
  return isCollection(token) ? [undefined, ...token.items.flatMap(({ key, value }) => [key, value])] : [];
}

function isCollection(token: Token): token is CST.BlockMap | CST.BlockSequence | CST.FlowCollection {
  return token !== undefined && token !== null && 'items' in token;
}
