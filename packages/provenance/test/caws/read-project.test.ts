import { describe, expect, it } from 'vitest';
import { isCawsFile, readCawsProject } from '../../src/caws/read-project.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const spec = { path: 'working-spec.yaml', text: 'id: FEAT-0001' };
const refused = (...files: readonly { path: string; text: string }[]): string =>
  expectCode('DOCUMENT_INVALID', () => readCawsProject(files)).message;

describe('readCawsProject', () => {
  it('finds each document where CAWS has it, waivers in the order of their paths', () => {
    const documents = readCawsProject([
      { path: 'waivers/b.json', text: '{"id": "WV-2"}' },
      { path: 'waivers.yml', text: 'WV-0: {gate: perf}' },
      { path: 'policy.json', text: '{"version": 1}' },
      { path: 'waivers/a.yaml', text: 'id: WV-1' },
      spec,
    ]);
    expect(documents).toEqual({
      workingSpec: { id: 'FEAT-0001' },
      policy: { version: 1 },
      waivers: [{ 'WV-0': { gate: 'perf' } }, { id: 'WV-1' }, { id: 'WV-2' }],
    });
  });

  it('is content with a working spec, and leaves other files alone', () => {
    const others = [
      'README.md',
      'schemas/policy.yaml',
      'waivers/old/a.yaml',
      'my-policy.yaml',
      'policy.yaml~',
    ];
    expect(others.filter(isCawsFile)).toEqual([]);
    expect(readCawsProject([spec, ...others.map((path) => ({ path, text: '[' }))])).toEqual({
      workingSpec: { id: 'FEAT-0001' },
      waivers: [],
    });
  });

  it('names every problem by its file and line', () => {
    const message = refused(
      { path: 'working-spec.yaml', text: 'a: 1\na: 2\n' },
      { path: 'policy.yaml', text: 'version: 1\n---\nversion: 2\n' },
      { path: 'waivers/a.yaml', text: '[' },
    );
    expect(message).toContain('working-spec.yaml: line 2: has a key for the second time');
    expect(message).toContain('policy.yaml: document: is more than one');
    expect(message).toContain('waivers/a.yaml: line ');
  });

  it('asks for one working spec, and one policy at most', () => {
    const policy = { path: 'policy.yaml', text: 'version: 1' };
    expect(refused(policy, { ...policy, path: 'policy.yml' })).toBe(
      'these CAWS documents cannot be read: working-spec.yaml: is not there; policy: is there in more than one file',
    );
    expect(refused(spec, { ...spec, path: 'working-spec.json', text: '{}' })).toContain(
      'working-spec: is there in more than one file',
    );
  });
});
