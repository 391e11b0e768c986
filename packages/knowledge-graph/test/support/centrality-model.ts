/** Weights from node to node; undefined where there is no edge. **Shape** [nodes][nodes]. */
type Matrix = readonly (readonly (number | undefined)[])[];

/** PageRank from its definition: the system of equations is solved, by Gauss and Jordan. */
export function solvePageRank(matrix: Matrix, damping: number, start: readonly number[]): number[] {
  const total = start.reduce((sum, weight) => sum + weight, 0);
  const anew = start.map((weight) => weight / total);
  const moves = matrix.map((row) => {
    const out = row.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
    return out === 0 ? anew : row.map((weight) => (weight ?? 0) / out);
  });
  // x = damping · movesᵀ x + (1 − damping) · anew
  const rows = matrix.map((_, to) => [
    ...moves.map((move, from) => (from === to ? 1 : 0) - damping * (move[to] ?? 0)),
    (1 - damping) * (anew[to] ?? 0),
  ]);
  rows.forEach((_, at) => {
    const pivot = rows
      .slice(at)
      .reduce((best, row) => (Math.abs(row[at] ?? 0) > Math.abs(best[at] ?? 0) ? row : best));
    rows[rows.indexOf(pivot)] = rows[at] ?? [];
    const scaled = pivot.map((value) => value / (pivot[at] ?? 1));
    rows[at] = scaled;
    rows.forEach((row, other) => {
      if (other !== at)
        rows[other] = row.map((value, place) => value - (row[at] ?? 0) * (scaled[place] ?? 0));
    });
  });
  return rows.map((row) => row.at(-1) ?? 0);
}

/** Betweenness from its definition: every pair, and every one of its shortest paths, tried hop by hop. */
export function countBetweenness(matrix: Matrix): number[] {
  const nodes = [...matrix.keys()];
  const through = nodes.map(() => 0);
  const next = matrix.map((row) => nodes.filter((to) => row[to] !== undefined));
  for (const source of nodes) {
    let paths = [[source]];
    const seen = new Set([source]);
    while (paths.length > 0) {
      const longer = paths.flatMap((path) =>
        (next[path.at(-1) ?? 0] ?? []).filter((to) => !seen.has(to)).map((to) => [...path, to]),
      );
      const ends = Map.groupBy(longer, (path) => path.at(-1) ?? 0);
      for (const [end, ways] of ends) {
        seen.add(end);
        for (const node of ways.flatMap((way) => way.slice(1, -1))) {
          through[node] = (through[node] ?? 0) + 1 / ways.length;
        }
      }
      paths = longer;
    }
  }
  const pairs = (nodes.length - 1) * (nodes.length - 2);
  return through.map((count) => (pairs > 0 ? count / pairs : 0));
}

/** Modularity from its definition: every pair of nodes in one group. Directions do not matter. */
export function countModularity(matrix: Matrix, groups: readonly number[], resolution: number): number {
  const weight = (from: number, to: number): number =>
    from === to ? 0 : (matrix[from]?.[to] ?? 0) + (matrix[to]?.[from] ?? 0);
  const nodes = [...matrix.keys()];
  const strengths = nodes.map((from) => nodes.reduce((sum, to) => sum + weight(from, to), 0));
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  if (total === 0) return 0;
  let sum = 0;
  for (const from of nodes) {
    for (const to of nodes) {
      if (groups[from] !== groups[to]) continue;
      sum += weight(from, to) - (resolution * (strengths[from] ?? 0) * (strengths[to] ?? 0)) / total;
    }
  }
  return sum / total;
}
