import type { CommitSpec } from '@agent-agency/git-ingest/testing';

export const ada = { name: 'Ada Example', email: 'ada@example.com' };
export const grace = { name: 'Grace Example', email: 'grace@example.com' };
export const linus = { name: 'Linus Example', email: 'linus@example.com' };

/** Ada and Grace share a file, Grace and Linus another. */
export const TEAM: readonly CommitSpec[] = [
  {
    author: ada,
    message: 'feat(pool): lend connections',
    files: [{ path: 'src/pool/lend.ts', content: '1\n' }],
  },
  {
    author: grace,
    message: 'fix(pool): time out a slow checkout',
    files: [{ path: 'src/pool/lend.ts', content: '2\n' }],
  },
  {
    author: grace,
    message: 'feat(log): verify signatures',
    files: [{ path: 'src/log/verify.rs', content: '3\n' }],
  },
  {
    author: linus,
    message: 'test(log): a tampered node',
    files: [{ path: 'src/log/verify.rs', content: '4\n' }],
  },
];
