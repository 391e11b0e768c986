import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const source = new URL('../src/', import.meta.url);
/** `#crypto` outside Node, as package.json says. */
const portable = 'crypto/portable.ts';

/** Every module that `verify.ts` reaches outside Node, by its path in src, with its text. */
async function reach(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const waiting = ['verify.ts'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue;
    const text = await readFile(new URL(path, source), 'utf8');
    texts.set(path, text);
    for (const specifier of specifiers(text))
      if (specifier === '#crypto') waiting.push(portable);
      else if (specifier.startsWith('.')) waiting.push(pathOf(specifier, path));
  }
  return texts;
}

function pathOf(specifier: string, importer: string): string {
  return new URL(specifier, new URL(importer, source)).href.slice(source.href.length);
}

/** All of them, type-only ones as well: what is not reached at all cannot become a value import unseen. */
function specifiers(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(([, found]) => String(found));
}

function outsideImports(text: string): string[] {
  return specifiers(text).filter((specifier) => !specifier.startsWith('.'));
}

const texts = await reach();

describe('the verifying half', () => {
  it('reaches what it is made of, and neither the log, nor the signer, nor Node', () => {
    const paths = [...texts.keys()];
    for (const part of ['chain/verify-chain.ts', 'format/node-hash.ts', 'signing/signature.ts', portable])
      expect(paths).toContain(part);
    const others = /^(?:log|generated)\/|^(?:index|tables|signing\/signer|crypto\/node)\.ts$/;
    expect(paths.filter((path) => others.test(path))).toEqual([]);
  });

  it('imports nothing but itself, and noble in one place', () => {
    const outside = [...texts].map(([path, text]) => [path, outsideImports(text)] as const);
    expect(Object.fromEntries(outside.filter(([, names]) => names.length > 0))).toEqual({
      'crypto/index.ts': ['#crypto', '#crypto'],
      [portable]: ['@noble/curves/ed25519.js', '@noble/curves/utils.js', '@noble/hashes/sha2.js'],
    });
  });

  it('uses Node in one module, and there node:crypto for hashing and verification only', async () => {
    const text = await readFile(new URL('crypto/node.ts', source), 'utf8');
    expect(outsideImports(text)).toEqual(['node:crypto']);
    expect(text).toContain("import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';");
    const reached = specifiers(text).filter((specifier) => specifier.startsWith('.'));
    for (const specifier of reached) expect(texts.has(pathOf(specifier, 'crypto/node.ts'))).toBe(true);
  });

  it('has no clock, no randomness, no environment, no output, and nothing of Node', () => {
    for (const [path, text] of texts) {
      const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
      expect(code, path).not.toMatch(
        /\b(Date|performance|Math\.random|crypto\.|process|globalThis|console|fetch|setTimeout|require|eval|Buffer|KeyObject)\b/,
      );
    }
  });
});
