import { expect, it } from 'vitest';
import { lintMigrations, rules, toSarif } from '../src/index.ts';

it('toSarif gives every finding its rule and its place', async () => {
  const findings = await lintMigrations([
    { name: '001_x', up: 'select 1;\n  truncate tasks', down: 'select 1' },
  ]);
  const { version, runs } = toSarif(findings) as {
    version: string;
    runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleIndex: number }[] }];
  };
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(rules.map(({ name }) => name));
  expect(results).toEqual([
    {
      ruleId: 'truncate',
      ruleIndex: rules.findIndex(({ name }) => name === 'truncate'),
      level: 'error',
      message: { text: 'empties tasks' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: '001_x.sql' },
            region: { startLine: 2, startColumn: 3 },
          },
        },
      ],
    },
  ]);
});
