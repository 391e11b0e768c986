import { describe, expect, it } from 'vitest';
import {
  assertConsistent,
  MigrationError,
  planDown,
  planLast,
  planUp,
  type AppliedMigration,
  type Migration,
} from '../src/index.ts';

const files = [1, 2, 5].map(file);
const journalOf = (...versions: number[]): AppliedMigration[] =>
  versions.map((version) => applied(file(version)));
const versionsOf = (plan: readonly Migration[]): number[] => plan.map(({ version }) => version);

function file(version: number): Migration {
  const name = `00${version}_name`;
  return { version, name, up: '', down: '', checksum: `checksum ${version}`, inTransaction: true };
}

function applied({ version, name, checksum }: Migration): AppliedMigration {
  return { version, name, checksum, appliedAt: new Date(0), appliedBy: 'somebody', durationMs: 1 };
}

describe('assertConsistent', () => {
  it.each([[[]], [[1]], [[1, 2]], [[1, 2, 5]]])('accepts a journal of %j', (versions) => {
    expect(() => {
      assertConsistent(files, journalOf(...versions));
    }).not.toThrow();
  });

  it('refuses a file that was edited after it was applied, and tells both checksums', () => {
    const edited = files.map((one) => (one.version === 2 ? { ...one, checksum: 'other' } : one));
    expect(() => {
      assertConsistent(edited, journalOf(1, 2));
    }).toThrow(
      expect.objectContaining({
        code: 'CHECKSUM_DRIFT',
        details: { version: 2, applied: 'checksum 2', file: 'other' },
      }),
    );
  });

  it('lets a file be edited before it is applied', () => {
    const edited = files.map((one) => (one.version === 5 ? { ...one, checksum: 'other' } : one));
    expect(() => {
      assertConsistent(edited, journalOf(1, 2));
    }).not.toThrow();
  });

  it.each([
    ['gone', files.slice(0, 2)],
    ['renamed', files.map((one) => (one.version === 5 ? { ...one, name: '005_renamed' } : one))],
  ])('refuses a file that is applied and %s', (_, present) => {
    expect(() => {
      assertConsistent(present, journalOf(1, 2, 5));
    }).toThrow(expect.objectContaining({ code: 'MISSING_FILE', details: { version: 5 } }));
  });

  it('refuses a new file with a number below one that is applied', () => {
    const late = [...files.slice(0, 2), file(3), ...files.slice(2)];
    expect(() => {
      assertConsistent(late, journalOf(1, 2, 5));
    }).toThrow(expect.objectContaining({ code: 'OUT_OF_ORDER', details: { version: 3, last: 5 } }));
  });
});

describe('planUp', () => {
  it('takes what is not applied, in order', () => {
    expect(versionsOf(planUp(files, journalOf(1)))).toEqual([2, 5]);
    expect(planUp(files, journalOf(1, 2, 5))).toEqual([]);
  });

  it('stops at the version asked for', () => {
    expect(versionsOf(planUp(files, [], 2))).toEqual([1, 2]);
    expect(planUp(files, journalOf(1, 2), 1)).toEqual([]);
  });

  it.each([0, 3, 6])('refuses the unknown version %i', (version) => {
    expect(() => planUp(files, [], version)).toThrow(
      new MigrationError('UNKNOWN_VERSION', `there is no migration ${version}: choose one of 1, 2, 5`),
    );
  });
});

describe('planDown', () => {
  it('takes what is applied above the version, newest first', () => {
    expect(versionsOf(planDown(files, journalOf(1, 2, 5), 1))).toEqual([5, 2]);
    expect(versionsOf(planDown(files, journalOf(1, 2), 0))).toEqual([2, 1]);
    expect(planDown(files, journalOf(1, 2), 5)).toEqual([]);
  });

  it('refuses an unknown version', () => {
    expect(() => planDown(files, journalOf(1, 2, 5), 3)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_VERSION' }),
    );
  });
});

describe('planLast', () => {
  it('takes the last one that is applied', () => {
    expect(versionsOf(planLast(files, journalOf(1, 2)))).toEqual([2]);
    expect(planLast(files, [])).toEqual([]);
  });
});
