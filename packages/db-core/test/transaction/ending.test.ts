import { describe, expect, it } from 'vitest';
import { isEnding } from '../../src/transaction/ending.ts';

describe('isEnding', () => {
  it.each([
    ['commit', 'COMMIT'],
    ['end', 'COMMIT'],
    ['commit and chain', 'COMMIT'],
    ['/* first */ commit', 'COMMIT'],
    ['rollback', 'ROLLBACK'],
    ['ABORT', 'ROLLBACK'],
    ['rollback and chain', 'ROLLBACK'],
    ['rollback work', 'ROLLBACK'],
    [`prepare transaction 'x'`, 'PREPARE'],
    [`PREPARE\n  TRANSACTION 'x'`, 'PREPARE'],
  ])('says so of %j', (text, command) => {
    expect(isEnding({ text }, { command })).toBe(true);
  });

  it.each([
    ['select 1', 'SELECT'],
    ['begin', 'BEGIN'],
    ['savepoint s', 'SAVEPOINT'],
    ['release s', 'RELEASE'],
    ['rollback to s', 'ROLLBACK'],
    [' ROLLBACK\n TO SAVEPOINT s', 'ROLLBACK'],
    ['rollback work to s', 'ROLLBACK'],
    ['rollback transaction to savepoint s', 'ROLLBACK'],
    ['prepare p as select 1', 'PREPARE'],
    [`prepare transactions as select 'x'`, 'PREPARE'],
    ['', 'EMPTY'],
  ])('does not say so of %j', (text, command) => {
    expect(isEnding({ text }, { command })).toBe(false);
  });
});
