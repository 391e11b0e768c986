/**
 * The order of identifiers: by code points, as `collate "C"` has it in the database. JavaScript's own compares halves of
 * surrogate pairs, which are less than U+E000.
 */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    const [isSurrogateX, isSurrogateY] = [(x & 0xf800) === 0xd800, (y & 0xf800) === 0xd800];
    if (isSurrogateX === isSurrogateY) return x - y;
    return isSurrogateX ? 1 : -1;
  }
  return a.length - b.length;
}
