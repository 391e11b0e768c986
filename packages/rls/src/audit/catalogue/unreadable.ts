/** A part of the catalogue, or a text in it, that a rule needs and this login cannot have. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** In place of rows that could not be read: whoever looks at them learns why. */
export function unreadable(reason: string): readonly never[] {
  return new Proxy([], {
    get: (_, key) => {
      // What is awaited is asked for this first.
      if (key === 'then') return undefined;
      throw new Unreadable(reason);
    },
  });
}

/** What can be said of rows, or what stands for it where they cannot be read. */
export function unlessUnreadable<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Unreadable) return otherwise;
    throw error;
  }
}
