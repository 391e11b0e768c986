import { expect, it } from 'vitest';
import { secureBytes } from '../../../src/privacy/mechanisms/byte-source.ts';

it('gives as many bytes as it is asked for, and never the same ones', () => {
  const seen = new Set<string>();
  for (let call = 0; call < 5000; call += 1) {
    const bytes = secureBytes(16);
    expect(bytes).toHaveLength(16);
    seen.add(Buffer.from(bytes).toString('hex'));
  }
  expect(seen.size).toBe(5000);
  expect(secureBytes(20_000)).toHaveLength(20_000);
  expect(secureBytes(0)).toHaveLength(0);
});
