/** `1 hop`, `2 hops`: a number with a noun that takes an s. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
