import type { Examples } from './example.ts';

const truncate = 'grant truncate on shop.tasks to example_app';

export const allowanceExamples: Examples = {
  'bad-allowance': {
    bad: [
      { allowances: 'grant-truncate shop.tasks', place: 'allowances line 1' },
      { allowances: '# why\n\ngrant-trunkate shop.tasks: the cache is emptied', place: 'allowances line 3' },
      { allowances: 'grant-truncate: the cache is emptied' },
      { allowances: 'bad-allowance shop.tasks: so what' },
    ],
    good: [
      {
        sql: truncate,
        allowances: '# a cache\ngrant-truncate shop.tasks: it is a cache: nobody misses it\n',
      },
    ],
  },
  'unused-allowance': {
    bad: [{ allowances: 'grant-truncate shop.tasks: it is a cache', place: 'allowances line 1' }],
    good: [
      { sql: truncate, allowances: 'grant-truncate shop.*: they are caches' },
      { sql: truncate, allowances: 'grant-truncate *.tasks: they are caches' },
    ],
  },
};
