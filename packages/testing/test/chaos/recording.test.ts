import { describe, expect, it } from 'vitest';
import { countRoundTrips, flightsOf } from '../../src/chaos/recording.ts';
import type { WireMessage } from '../../src/chaos/protocol.ts';

/** `> name` is said by the client, `< name` by the server. */
function said(...lines: string[]): WireMessage[] {
  return lines.map((line) => {
    const [arrow, name = ''] = line.split(' ');
    return { from: arrow === '>' ? 'client' : 'server', type: '', name };
  });
}

const statement = said('> Query', '< CommandComplete', '< ReadyForQuery');

describe('flightsOf', () => {
  it('groups what one side says before the other does', () => {
    const flights = flightsOf([...said('> Parse', '> Sync'), ...statement]);
    expect(flights.map(({ from, messages }) => [from, messages.length])).toEqual([
      ['client', 3],
      ['server', 2],
    ]);
  });
});

describe('countRoundTrips', () => {
  it('counts nothing when nothing was said', () => {
    expect(countRoundTrips([])).toBe(0);
  });

  it('counts statements that wait for each other', () => {
    expect(countRoundTrips([...statement, ...statement, ...statement])).toBe(3);
  });

  it('counts once what is sent without waiting', () => {
    const pipelined = said('> Query', '> Parse', '> Sync', '< ReadyForQuery', '< ReadyForQuery');
    expect(countRoundTrips(pipelined)).toBe(1);
  });

  it('does not take for an answer what comes unprompted', () => {
    const disturbed = said('> Query', '< NoticeResponse', '< ParameterStatus', '> Query', '< ReadyForQuery');
    expect(countRoundTrips(disturbed)).toBe(1);
    expect(countRoundTrips([...statement, ...said('< NotificationResponse'), ...statement])).toBe(2);
  });

  it('does not count the end, which has no answer', () => {
    expect(countRoundTrips([...statement, ...said('> Terminate')])).toBe(1);
  });

  it('does not count what the server says first', () => {
    expect(countRoundTrips([...said('< ReadyForQuery'), ...statement])).toBe(1);
  });
});
