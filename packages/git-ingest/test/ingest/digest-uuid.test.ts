import { describe, expect, it } from 'vitest';
import { digestUuid } from '../../src/ingest/digest-uuid.ts';

describe('digestUuid', () => {
  it('is a version 8 UUID, the same for the same parts', () => {
    expect(digestUuid('a', 'b')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(digestUuid('a', 'b')).toBe(digestUuid('a', 'b'));
  });
  it('does not let parts run into each other', () => {
    expect(digestUuid('ab', 'c')).not.toBe(digestUuid('a', 'bc'));
    expect(digestUuid('ab')).not.toBe(digestUuid('ab', ''));
  });
});
