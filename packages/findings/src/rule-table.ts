import type { RuleGroups } from './rule.ts';

/** The rules as Markdown, a table for each topic. */
export function ruleTable(groups: RuleGroups): string {
  return Object.entries(groups)
    .map(([group, rules]) =>
      [
        `### ${group}`,
        '',
        '| rule | finds | instead |',
        '| --- | --- | --- |',
        ...rules.map(({ name, severity, what, instead }) => {
          const cells = [`\`${name}\`${severity === 'warning' ? ' (warning)' : ''}`, what, instead];
          return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
        }),
      ].join('\n'),
    )
    .join('\n\n');
}
