import { describe, expect, it } from 'vitest';
import { WordScanner } from '../src/word-scanner.ts';

function scan(text: string, scanner = new WordScanner()): { words: string[]; compounds: string[] } {
  scanner.scan(text);
  const textOf = (from: number, to: number) =>
    String.fromCharCode(...scanner.units.subarray(scanner.starts[from], scanner.starts[to]));
  const words = Array.from({ length: scanner.wordCount }, (_, word) => textOf(word, word + 1));
  const compounds = [];
  for (let index = 0; index < scanner.compounds.length; index += 2) {
    compounds.push(textOf(scanner.compounds[index] ?? -1, (scanner.compounds[index + 1] ?? -1) + 1));
  }
  return { words, compounds };
}

describe('WordScanner', () => {
  it.each([
    ['Two  words, folded.', ['two', 'words', 'folded']],
    ["the agent's task", ['the', 'agent', 's', 'task']],
    ['src/index.test.ts', ['src', 'index', 'test', 'ts']],
    ['sha256 utf8 v2', ['sha256', 'utf8', 'v2']],
    ['IDs, APIs', ['ids', 'apis']],
    ['C++ and C# or F#; a+b, issue #12', ['c++', 'and', 'c#', 'or', 'f#', 'a', 'b', 'issue', '12']],
    ['heading# c++17', ['heading', 'c', '17']],
    ['ﬁne １２３ K', ['fine', '123', 'k']],
    ['ΟΔΟΣ οδος İ', ['οδοσ', 'οδοσ', 'i']],
    ['東京 タワー', ['東', '京', 'タ', 'ワ', 'ー']],
    ['ship 🚀', ['ship', '🚀']],
    ['-_- => ?!', []],
    ['', []],
  ])('cuts %j into words', (text, words) => {
    expect(scan(text)).toEqual({ words, compounds: [] });
  });

  it.each([
    ['parseHttpHeader', ['parse', 'http', 'header'], ['parsehttpheader']],
    ['parseHTTPHeader', ['parse', 'http', 'header'], ['parsehttpheader']],
    ['parse_http_header', ['parse', 'http', 'header'], ['parsehttpheader']],
    ['PARSE_HTTP_HEADER', ['parse', 'http', 'header'], ['parsehttpheader']],
    ['parse-http-header', ['parse', 'http', 'header'], ['parsehttpheader']],
    ['userIDs', ['user', 'ids'], ['userids']],
    ['base64Encode', ['base64', 'encode'], ['base64encode']],
    ['__init__', ['init'], []],
    ['GitHub and PostgreSQL', ['git', 'hub', 'and', 'postgre', 'sql'], ['github', 'postgresql']],
    ['trailing- dash', ['trailing', 'dash'], []],
  ])('takes the name %j apart', (text, words, compounds) => {
    expect(scan(text)).toEqual({ words, compounds });
  });

  it('is not disturbed by a longer text before', () => {
    const scanner = new WordScanner();
    scan('someLongName '.repeat(10_000), scanner);
    expect(scan('short text', scanner)).toEqual({ words: ['short', 'text'], compounds: [] });
  });
});
