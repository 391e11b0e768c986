import { expect, it } from 'vitest';
import { rules, toSarif, type Audit, type Finding } from '../../src/index.ts';

const finding = (rule: string, place: string): Finding => ({
  rule,
  place,
  severity: 'error',
  message: 'it is',
  why: 'Why.',
  instead: 'Otherwise.',
});

it('toSarif gives every finding its rule and its object, and says what is allowed and what was not checked', () => {
  const audit: Audit = {
    findings: [finding('grant-truncate', 'public.tasks')],
    allowed: [{ finding: finding('grant-truncate', 'public.a "b"/c'), reason: 'a cache' }],
    notChecked: [{ rule: 'role-is-superuser', reason: 'no roles' }],
    roles: [],
    tables: 1,
  };
  const { runs } = toSarif(audit) as {
    runs: [{ tool: { driver: { rules: { id: string }[] } }; results: object[]; invocations: object[] }];
  };
  const [{ tool, results, invocations }] = runs;
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(rules.map(({ name }) => name));
  expect(invocations).toHaveLength(1);
  expect(results).toMatchObject([
    {
      ruleId: 'grant-truncate',
      ruleIndex: rules.findIndex(({ name }) => name === 'grant-truncate'),
      locations: [
        {
          logicalLocations: [{ fullyQualifiedName: 'public.tasks' }],
          physicalLocation: { artifactLocation: { uri: 'database/public.tasks' } },
        },
      ],
    },
    {
      suppressions: [{ justification: 'a cache' }],
      locations: [{ physicalLocation: { artifactLocation: { uri: 'database/public.a%20%22b%22%2Fc' } } }],
    },
  ]);
});
