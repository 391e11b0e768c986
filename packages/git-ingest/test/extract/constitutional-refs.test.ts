import { describe, expect, it } from 'vitest';

import { constitutionalRefsOf } from '../../src/extract/constitutional-refs.ts';

describe('constitutionalRefsOf', () => {
  it('reads all three trailers, separated by commas or spaces, each reference once and in order', () => {
    const trailers = [
      { key: 'Constitutional-Refs', value: 'CAWS:Section4.2, CAWS:Section5 CAWS-2:Budget' },
      { key: 'caws-ref', value: 'CAWS:Section4.2,,CAWS:4.2' },
      { key: 'Constitutional-Ref', value: 'RFC:6962' },
      { key: 'Refs', value: 'CAWS:Section9' },
    ];
    expect(constitutionalRefsOf(trailers)).toEqual([
      'CAWS:Section4.2',
      'CAWS:Section5',
      'CAWS-2:Budget',
      'CAWS:4.2',
      'RFC:6962',
    ]);
  });

  it.each([
    'caws:Section4',
    'CAWS',
    'CAWS:',
    ':4',
    'CAWS:4.',
    'CAWS:a:b',
    'CAWS:<x>',
    "CAWS:'--",
    `CAWS:${'x'.repeat(200)}`,
  ])('leaves out %j, which is no reference', (value) => {
    expect(constitutionalRefsOf([{ key: 'CAWS-Ref', value }])).toEqual([]);
  });

  it('gives at most fifty', () => {
    const value = Array.from({ length: 80 }, (_, index) => `CAWS:S${index}`).join(' ');
    expect(constitutionalRefsOf([{ key: 'CAWS-Ref', value }])).toHaveLength(50);
  });
});
