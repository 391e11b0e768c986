import { ruleGroups } from '../rules/all-rules.ts';

/** The rules as Markdown, a table for each topic. */
export function ruleTable(): string {
  return Object.entries(ruleGroups)
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
