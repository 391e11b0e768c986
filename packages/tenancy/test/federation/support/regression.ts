/** Points (x, y) of one tenant. */
export type Data = readonly (readonly [number, number])[];

/** So many tenants' data, all of y = x - 1 with a little noise, each over another part of the axis. */
export function regressionTask(tenants: number): Data[] {
  let state = 42;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from({ length: tenants }, (_, tenant) => {
    const from = -1 + tenant / tenants;
    return Array.from({ length: 20 }, () => {
      const x = from + random();
      return [x, x - 1 + (random() - 0.5) / 10] as const;
    });
  });
}

/** How gradient descent on one tenant's data moves the model (slope, intercept). */
export function localStep(data: Data, [slope = 0, intercept = 0]: readonly number[]): number[] {
  let [a, b] = [slope, intercept];
  for (let step = 0; step < 200; step += 1) {
    const errors = data.map(([x, y]) => [x, a * x + b - y] as const);
    a -= (0.5 * errors.reduce((sum, [x, error]) => sum + x * error, 0)) / data.length;
    b -= (0.5 * errors.reduce((sum, [, error]) => sum + error, 0)) / data.length;
  }
  return [a - slope, b - intercept];
}
