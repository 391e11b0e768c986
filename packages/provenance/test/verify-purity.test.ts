import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const entry = new URL('../src/verify.ts', import.meta.url);

/** Every module that `verify.ts` reaches, with its text. */
async function reach(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const waiting = [entry.href];
  for (let href = waiting.pop(); href !== undefined; href = waiting.pop()) {
    if (texts.has(href)) continue;
    const text = await readFile(new URL(href), 'utf8');
    texts.set(href, text);
    for (const specifier of specifiers(text))
      if (specifier.startsWith('.')) waiting.push(new URL(specifier, href).href);
  }
  return texts;
}

/** All of them, type-only ones as well: what is not reached at all cannot become a value import unseen. */
function specifiers(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(([, found]) => String(found));
}

const texts = await reach();

describe('the verifying half', () => {
  it('reaches the modules it is made of, and not the signer', () => {
    const names = [...texts.keys()].map((href) => href.slice(href.lastIndexOf('/') + 1)).sort();
    expect(names).toEqual([
      'bytes.ts',
      'canonical-json.ts',
      'chain-report.ts',
      'errors.ts',
      'node-hash.ts',
      'node.ts',
      'public-key.ts',
      'signature.ts',
      'verify-chain.ts',
      'verify.ts',
    ]);
  });

  it('imports nothing but itself and node:crypto', () => {
    const outside = [...texts.values()].flatMap(specifiers).filter((name) => !name.startsWith('.'));
    expect(new Set(outside)).toEqual(new Set(['node:crypto']));
  });

  it('takes from node:crypto hashing and verification only', () => {
    const clauses = [...texts.values()].flatMap((text) => [
      ...text.matchAll(/import (.+?) from 'node:crypto'/g),
    ]);
    const names = clauses.flatMap(([, clause]) => String(clause).replaceAll(/[{}]/g, '').split(','));
    expect(new Set(names.map((name) => name.replaceAll(/\s+/g, ' ').trim()))).toEqual(
      new Set(['createHash', 'createPublicKey', 'type KeyObject', 'verify']),
    );
  });

  it('has no clock, no randomness, no environment and no output', () => {
    for (const text of texts.values()) {
      const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
      expect(code).not.toMatch(
        /\b(Date|performance|Math\.random|crypto\.|process|globalThis|console|fetch|setTimeout|require|eval)\b/,
      );
    }
  });
});
