/**
 * Text that any JSON and any database column takes: no NUL, no half of a surrogate pair, at most `maxLength` UTF-16 units
 * (a pair is never cut in two).
 */
export function plainText(text: string, maxLength: number): string {
  const isPairCut = text.length > maxLength && /[\uD800-\uDBFF]/.test(text.charAt(maxLength - 1));
  const cut = text.slice(0, isPairCut ? maxLength - 1 : maxLength);
  return cut.replaceAll('\0', '\uFFFD').toWellFormed();
}
