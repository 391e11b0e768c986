import { describe, expect, it } from 'vitest';
import { runProgram } from '../src/run-program.ts';

describe('runProgram', () => {
  it('hides PG* variables and asks for English', async () => {
    const env = { ...process.env, PGHOST: 'elsewhere', OTHER: 'kept', LC_ALL: 'de_DE' };
    const script =
      'console.log(JSON.stringify([process.env.PGHOST ?? null, process.env.OTHER, process.env.LC_ALL]))';
    const { stdout } = await runProgram(process.execPath, ['-e', script], { env });
    expect(JSON.parse(stdout)).toEqual([null, 'kept', 'C']);
  });

  it('rejects with the exit code and the last lines that were printed', async () => {
    const script = 'for (let i = 1; i <= 6; i += 1) console.error(`line ${i}`); process.exit(4)';
    await expect(runProgram(process.execPath, ['-e', script])).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: 'node exited with 4: line 3 | line 4 | line 5 | line 6',
    });
  });

  it('rejects when the program is not there, and when it takes too long', async () => {
    await expect(runProgram('/nonexistent/psql', [])).rejects.toThrow('psql is not there');
    const endless = runProgram(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
      timeoutMs: 100,
    });
    await expect(endless).rejects.toThrow('node was ended by SIGTERM');
  });
});
