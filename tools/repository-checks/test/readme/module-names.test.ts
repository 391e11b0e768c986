import { describe, expect, it } from 'vitest';
import { exportsOf, importsOf } from '../../src/readme/module-names.ts';

describe('importsOf', () => {
  it.each([
    [`import { a, type B, c as d } from 'x';`, ['a', 'B', 'c']],
    [`import type { A } from 'x';`, ['A']],
    [`import {\n  a,\n  b,\n} from "x"`, ['a', 'b']],
    [`import * as all from 'x';`, ['*']],
    [`import a from 'x';`, ['default']],
    [`import a, { b } from 'x';`, ['default', 'b']],
    [`import type A from 'x';`, ['default']],
  ])('reads %s', (code, names) => {
    expect(importsOf(code)).toEqual([{ source: 'x', names }]);
  });

  it('reads one statement after another', () => {
    const code = `import 'y';\nimport { a } from 'x'; // import { no } from 'z'\nimport { b } from 'w';\nf();`;
    expect(importsOf(code).map(({ source }) => source)).toEqual(['x', 'w']);
  });
});

describe('exportsOf', () => {
  it('reads lists and declarations', () => {
    const code = `
/** export const inAComment = 1; */
export { a, type B, c as d } from './x.ts';
export type { E } from './x.ts';
export { f };
export const g = 1;
export async function h() {}
export class I {}
export abstract class J {}
export interface K {}
export type L = string;
// export const m = 1;
const n = 1;
export * from './y.ts';
`;
    expect([...exportsOf(code)]).toEqual(['a', 'B', 'd', 'E', 'f', 'g', 'h', 'I', 'J', 'K', 'L']);
  });
});
