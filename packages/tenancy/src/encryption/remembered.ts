/** A promise by its key, made once; one that fails is made again next time. */
export function remembered<T>(
  promises: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = promises.get(key);
  if (known !== undefined) return known;
  const made = make().catch((error: unknown) => {
    promises.delete(key);
    throw error;
  });
  promises.set(key, made);
  return made;
}
