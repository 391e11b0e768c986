import { DatabaseError } from '@agent-agency/db-core';
import { GitIngestError } from '@agent-agency/git-ingest';
import { MigrationError } from '@agent-agency/migrations';
import { ProvenanceError } from '@agent-agency/provenance';
import { TenancyError } from '@agent-agency/tenancy';
import { TestingError } from '@agent-agency/testing';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { failureOf, UsageError } from '../src/failure.ts';
import { Interrupted } from '../src/interruption.ts';

/** The error that Node makes for something that fails. */
async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('failureOf', () => {
  it.each([
    [new UsageError('u'), 2, 'USAGE'],
    [new GitIngestError('REPOSITORY_EMPTY', 'e'), 2, 'REPOSITORY_EMPTY'],
    [new TenancyError('TENANT_NOT_FOUND', 't'), 2, 'TENANT_NOT_FOUND'],
    [new ProvenanceError('DOCUMENT_INVALID', 'p'), 2, 'DOCUMENT_INVALID'],
    [new ProvenanceError('LOG_REWOUND', 'p'), 1, 'LOG_REWOUND'],
    [new DatabaseError('INVALID_CONFIG', 'c'), 2, 'INVALID_CONFIG'],
    [new DatabaseError('UNREACHABLE', 'd'), 3, 'UNREACHABLE'],
    [new MigrationError('CHECKSUM_DRIFT', 'm'), 3, 'CHECKSUM_DRIFT'],
    [new TestingError('NO_POSTGRES', 'n'), 3, 'NO_POSTGRES'],
    [new TestingError('DATA_DIRECTORY_IN_USE', 'n'), 2, 'DATA_DIRECTORY_IN_USE'],
    [new Interrupted('SIGINT'), 130, 'INTERRUPTED'],
    [new Interrupted('SIGTERM'), 143, 'INTERRUPTED'],
    [new Interrupted('SIGHUP'), 129, 'INTERRUPTED'],
  ])('sorts %o as exit code %i, without a stack', (error, exitCode, code) => {
    expect(failureOf(error)).toEqual({ exitCode, code, message: error.message });
  });

  it('takes an unknown error for a defect, and says where it happened', () => {
    const failure = failureOf(new RangeError('lost'));
    expect(failure).toMatchObject({ exitCode: 70, code: 'DEFECT', message: 'lost' });
    expect(failure.stack).toContain('failure.test.ts');
    expect(failureOf('a text')).toEqual({ exitCode: 70, code: 'DEFECT', message: 'a text' });
  });

  it('does not take a code alone for one of ours', () => {
    expect(failureOf(Object.assign(new Error('x'), { code: 'UNREACHABLE' }))).toMatchObject({ exitCode: 70 });
  });

  it('names the file that the system refuses', async () => {
    const error = await errorOf(readFile('/nowhere/at/all'));
    expect(failureOf(error)).toMatchObject({ exitCode: 2, code: 'ENOENT' });
    expect(failureOf(error).message).toContain('/nowhere/at/all');
    expect(failureOf(error).stack).toBeUndefined();
  });

  it('takes a broken connection for the database', async () => {
    const error = await new Promise((resolve) =>
      connect({ port: 1, host: '127.0.0.1' }).once('error', resolve),
    );
    expect(failureOf(error)).toMatchObject({ exitCode: 3, code: 'CONNECTION_LOST' });
  });
});
