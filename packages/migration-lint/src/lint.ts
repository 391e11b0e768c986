import { findingOf, sortFindings } from '@agent-agency/findings';
import type { Change } from './changes/change.ts';
import { changesOf } from './changes/changes-of.ts';
import { places, type Finding } from './finding.ts';
import { allRules } from './rules/all-rules.ts';
import { fileRules } from './rules/file-rules.ts';
import type { Context, FileContext, Problem, Rule, Verdict } from './rules/rule.ts';
import { applyChange } from './schema/apply.ts';
import { copySchema, emptySchema, type Schema } from './schema/schema.ts';
import { loadParser, parseFile, type ParsedFile } from './sql/parse.ts';
import { suppressionsOf } from './suppressions.ts';

/** A migration: what `NNN_words.sql` and `NNN_words.down.sql` say. */
export interface MigrationText {
  /** `NNN_words`, without an ending. */
  readonly name: string;
  readonly up: string;
  /** Absent when there is no such file. */
  readonly down?: string;
}

export interface LintOptions {
  /** Names of the migrations to report on; default: all. The others are read for what they make. */
  readonly only?: readonly string[];
}

/**
 * Lints migrations, in the order in which they run. Pure: nothing is read and no database is asked; a promise only
 * because PostgreSQL's parser is WebAssembly, which has to be loaded.
 *
 * **Cost** one parse a file, and the rules once over its statements: some 10 ms for a file of a thousand lines.
 */
export async function lintMigrations(
  migrations: readonly MigrationText[],
  { only }: LintOptions = {},
): Promise<Finding[]> {
  await loadParser();
  let schema = emptySchema();
  return migrations.flatMap((migration) => {
    const read = readMigration(migration, schema);
    schema = read.up.context.after;
    return only === undefined || only.includes(migration.name) ? findingsIn(read) : [];
  });
}

interface Report {
  readonly rule: Rule;
  readonly problem: Problem;
}

/** A file that is read, and what it does to the schema. */
interface ReadFile {
  readonly name: string;
  readonly parsed: ParsedFile;
  readonly context: FileContext;
}

function readMigration({ name, up, down }: MigrationText, before: Schema): { up: ReadFile; down?: ReadFile } {
  // The runner looks in the same place, and opens no transaction for the down file either.
  const isInTransaction = !/^-- transaction: no$/m.test(up.slice(0, 200));
  const parsedUp = parseFile(up);
  const context = fileContext('up', parsedUp, { before, isInTransaction });
  const upFile = { name: `${name}.sql`, parsed: parsedUp, context };
  if (down === undefined) return { up: upFile };
  const parsed = parseFile(down);
  const downContext = fileContext('down', parsed, { before: context.after, isInTransaction });
  return {
    up: { ...upFile, context: { ...context, down: downContext } },
    down: { name: `${name}.down.sql`, parsed, context: downContext },
  };
}

function fileContext(
  direction: FileContext['direction'],
  { source, statements: parsed, syntaxError }: ParsedFile,
  { before, isInTransaction }: Pick<FileContext, 'before' | 'isInTransaction'>,
): FileContext {
  const statements = parsed.map((statement) => ({ ...statement, changes: changesOf(statement, source) }));
  const changes = statements.flatMap((statement) => statement.changes);
  const after = copySchema(before);
  for (const change of changes) applyChange(after, change);
  const isReadable = syntaxError === undefined;
  return { direction, isInTransaction, source, statements, changes, before, after, isReadable };
}

function findingsIn({ up, down }: { up: ReadFile; down?: ReadFile }): Finding[] {
  return [...findingsOf(up), ...(down === undefined ? [] : findingsOf(down))];
}

function findingsOf({ name: file, parsed, context }: ReadFile): Finding[] {
  const { valid, bad } = suppressionsOf(parsed, RULE_NAMES);
  const reports = context.isReadable ? reportsOn(context) : [];
  const used = new Set<object>();
  const kept = reports.filter(({ rule, problem: { at } }) => {
    const suppression = valid.find((it) => it.rule === rule.name && it.from <= at && at < it.to);
    if (suppression !== undefined) used.add(suppression);
    return suppression === undefined;
  });
  const about = (rule: Rule, problems: readonly Problem[]): Report[] =>
    problems.map((problem) => ({ rule, problem }));
  const unused = valid.filter((suppression) => context.isReadable && !used.has(suppression));
  const findings = [
    ...about(fileRules.syntaxError, parsed.syntaxError === undefined ? [] : [parsed.syntaxError]),
    ...about(fileRules.badSuppression, bad),
    ...about(
      fileRules.unusedSuppression,
      unused.map(({ at, rule }) => ({ at, message: `${rule} finds nothing here` })),
    ),
    ...kept,
  ].map(({ rule, problem: { at, message } }) => ({
    file,
    ...parsed.source.positionOf(at),
    ...findingOf(rule, message),
  }));
  return sortFindings(findings, places);
}

const RULE_NAMES: ReadonlySet<string> = new Set(allRules.map(({ name }) => name));

/** What the rules say of a file: of each change on its way, and of the whole. */
function reportsOn(file: FileContext): Report[] {
  const rules = allRules.filter(({ isForDown }) => file.direction === 'up' || isForDown === true);
  const schema = copySchema(file.before);
  const reports = file.changes.flatMap((change) => {
    const found = rules.flatMap((rule) => reportsOnChange(rule, change, { file, schema }));
    applyChange(schema, change);
    return found;
  });
  return [
    ...reports,
    ...rules.flatMap((rule) => (rule.file?.(file) ?? []).map((problem) => ({ rule, problem }))),
  ];
}

function reportsOnChange(rule: Rule, change: Change, context: Context): Report[] {
  const check = rule.on?.[change.kind] as ((change: Change, context: Context) => Verdict) | undefined;
  const verdict = check?.(change, context) ?? [];
  const problems = typeof verdict === 'string' ? [{ at: change.at, message: verdict }] : verdict;
  return problems.map((problem) => ({ rule, problem }));
}
