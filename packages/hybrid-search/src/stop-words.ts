/** English words that say little about a text, and what an apostrophe leaves behind (`agent's`, `don't`). */
export const STOP_WORDS: readonly string[] = [
  ...['a', 'about', 'after', 'all', 'also', 'an', 'and', 'any', 'are', 'as', 'at', 'be', 'because', 'been'],
  ...['before', 'but', 'by', 'can', 'could', 'did', 'do', 'does', 'for', 'from', 'had', 'has', 'have', 'he'],
  ...['her', 'his', 'how', 'i', 'if', 'in', 'into', 'is', 'it', 'its', 'me', 'more', 'my', 'no', 'not', 'of'],
  ...[
    'on',
    'or',
    'our',
    'she',
    'should',
    'so',
    'some',
    'such',
    'than',
    'that',
    'the',
    'their',
    'them',
    'then',
  ],
  ...['there', 'these', 'they', 'this', 'those', 'to', 'us', 'was', 'we', 'were', 'what', 'when', 'where'],
  ...['which', 'who', 'why', 'will', 'with', 'would', 'you', 'your', 's', 't', 'll', 're', 've', 'd', 'm'],
];
