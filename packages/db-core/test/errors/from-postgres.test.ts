import { DatabaseError as ServerError } from 'pg';
import { describe, expect, it } from 'vitest';
import { fromBroken, fromConnecting, fromServer } from '../../src/errors/from-postgres.ts';

function serverError(code: string): ServerError {
  const error = new ServerError('the server says hunter2', 0, 'error');
  error.code = code;
  return error;
}

describe('fromServer', () => {
  it.each([
    ['08006', 'CONNECTION_LOST', true],
    ['08P01', 'CONNECTION_LOST', true],
    ['25P03', 'CONNECTION_LOST', true],
    ['28P01', 'AUTHENTICATION_FAILED', false],
    ['53300', 'UNREACHABLE', true],
    ['57P01', 'CONNECTION_LOST', true],
    ['57P02', 'CONNECTION_LOST', true],
    ['57P03', 'UNREACHABLE', true],
    ['57P05', 'CONNECTION_LOST', true],
    ['XX000', 'QUERY_FAILED', false],
    // Every object has these; the table of codes must not.
    ['constructor', 'QUERY_FAILED', false],
  ])('maps %s to %s', (sqlState, code, retryable) => {
    const error = fromServer(serverError(sqlState));
    expect(error).toMatchObject({ code, retryable, details: { sqlState } });
    expect(error.message).not.toContain('hunter2');
  });
});

const systemError = (code: string): Error => Object.assign(new Error('connect'), { code });

describe('fromConnecting', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'ENOENT'])(
    'is UNREACHABLE for %s',
    (errno) => {
      const error = fromConnecting(systemError(errno));
      expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true, details: { errno } });
      expect(error.message).toContain('no PostgreSQL answers there');
    },
  );

  it('takes the first of several addresses', () => {
    const error = fromConnecting(
      new AggregateError([systemError('ECONNREFUSED'), systemError('EHOSTUNREACH')]),
    );
    expect(error.details).toEqual({ errno: 'ECONNREFUSED' });
  });

  it.each(['ERR_TLS_CERT_ALTNAME_INVALID', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    'does not blame the network for %s',
    (code) => {
      const error = fromConnecting(systemError(code));
      expect(error).toMatchObject({ code: 'UNREACHABLE', details: { errno: code } });
      expect(error.message).toContain('TLS');
    },
  );
});

describe('fromBroken', () => {
  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'])(
    'is CONNECTION_LOST for %s: a network may go under a connection that stood',
    (errno) => {
      expect(fromBroken(systemError(errno))).toMatchObject({ code: 'CONNECTION_LOST', details: { errno } });
    },
  );
});
