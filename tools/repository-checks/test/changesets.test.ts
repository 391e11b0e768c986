import { describe, expect, it } from 'vitest';
import { checkChangesets } from '../src/changesets.ts';

describe('checkChangesets', () => {
  it('accepts independent versions', () => {
    expect(checkChangesets({ fixed: [], linked: [], access: 'public' })).toEqual([]);
  });

  it.each([
    { fixed: [['@agent-agency/*']], linked: [] },
    { fixed: [], linked: [['a', 'b']] },
    { fixed: [] },
    {},
  ])('refuses %j', (config) => {
    expect(checkChangesets(config)).not.toEqual([]);
  });
});
