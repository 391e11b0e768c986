import type { Command } from 'commander';
import { ingestGitCommand, type IngestGitOptions } from '../commands/ingest-git.ts';
import { searchCommand, type SearchOptions } from '../commands/search.ts';
import { demoCommand, type DemoOptions } from '../demo/demo.ts';
import { examples, tenantOption, wholeNumber, type Run } from './options.ts';

export function addIngest(program: Command, run: Run): void {
  program
    .command('ingest')
    .description('turn what is there into agents, capabilities and provenance')
    .command('git <path>')
    .description("read a git repository's history; a second run adds what is new")
    .addOption(tenantOption())
    .option('--ref <ref>', 'branch, tag or commit; default: HEAD')
    .option(
      '--window-days <days>',
      'authors of one file within so many days collaborate; default: 90',
      wholeNumber(1, 36_500),
    )
    .option('--signing-key <file>', "the tenant's private key (PEM); made if it is not there")
    .addHelpText(
      'after',
      examples('ingest git . --tenant acme', 'ingest git ../site --tenant acme --ref v1.0'),
    )
    .action((path: string, options: IngestGitOptions) =>
      run((context) => ingestGitCommand(context, path, options)),
    );
}

export function addSearch(program: Command, run: Run): void {
  program
    .command('search <text>')
    .description('search by vector, words and relation')
    .addOption(tenantOption())
    .option('--hops <number>', 'how far to follow relationships, 0 to 5; default: 1', wholeNumber(0, 5))
    .option('--limit <number>', 'most results, 1 to 1000; default: 10', wholeNumber(1, 1000))
    .addHelpText(
      'after',
      examples(
        'search "connection pool timeouts" --tenant acme',
        'search "who knows about migrations" --tenant acme --hops 2 --limit 20 --json',
        'search --tenant acme -- "--text that begins with dashes"',
      ),
    )
    .action((text: string, options: SearchOptions) =>
      run((context) => searchCommand(context, text, options)),
    );
}

export function addDemo(program: Command, run: Run): void {
  program
    .command('demo')
    .description('run the whole idea on a real repository, on a database of its own')
    .option('--repo <path>', 'repository to read', '.')
    .addHelpText('after', examples('demo', 'demo --repo ../somewhere --json'))
    .action((options: DemoOptions) => run((context) => demoCommand(context, options)));
}
