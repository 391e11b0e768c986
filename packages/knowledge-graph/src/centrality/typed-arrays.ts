// Every place that is asked for is there: that is known to the algorithms and not to the compiler. One function for each kind
// of array, so that each sees one kind only, which is what makes it as fast as the bare access.

/** A whole number: a node, a place, a group. */
export const wholeAt = (numbers: Uint32Array, place: number): number => numbers[place] ?? 0;

/** A weight, a share, a count of paths. */
export const realAt = (numbers: Float64Array, place: number): number => numbers[place] ?? 0;

export function addAt(numbers: Float64Array, place: number, amount: number): void {
  numbers[place] = (numbers[place] ?? 0) + amount;
}
