import { InvalidArgumentError, Option, type Command } from 'commander';
import { GRAPH_FORMATS, graphExportCommand, type GraphExportOptions } from '../commands/graph-export.ts';
import { graphIndexCommand, type GraphIndexOptions } from '../commands/graph-index.ts';
import {
  graphNeighborsCommand,
  graphPathCommand,
  type GraphNeighborsOptions,
  type GraphPathOptions,
} from '../commands/graph.ts';
import { examples, tenantOption, wholeNumber, type Run } from './options.ts';

export function addGraph(program: Command, run: Run): void {
  const graph = program
    .command('graph')
    .description('walk along relationships of agents, export them, search well');
  addWalks(graph, run);
  timed(graph.command('export'))
    .description('the agents and relationships of a tenant, as another program reads them')
    .addOption(tenantOption())
    .addOption(
      new Option('--format <name>', 'mermaid draws up to 200 agents')
        .choices(GRAPH_FORMATS)
        .default('graphml'),
    )
    .option('--output <file>', 'a new file; default: standard output')
    .addHelpText(
      'after',
      examples(
        'graph export --tenant acme --output acme.graphml',
        'graph export --tenant acme --format mermaid --as-of 2026-01-01',
      ),
    )
    .action((options: GraphExportOptions) => run((context) => graphExportCommand(context, options)));
  graph
    .command('index')
    .description('build, fill and measure the vector indexes of large tenants; to be run daily')
    .requiredOption('--reason <text>', 'why; it stays in the log of operators')
    .addOption(
      new Option('--action <name>', 'default: maintain').choices([
        'maintain',
        'rebuild',
        'calibrate',
        'drop',
      ]),
    )
    .option('--tenant <id...>', 'only of these')
    .option(
      '--build-from <number>',
      'vectors from which on a tenant gets an index; default: 10000',
      wholeNumber(1, 1_000_000_000),
    )
    .addHelpText(
      'after',
      examples(
        'graph index --reason nightly',
        'graph index --action calibrate --tenant acme --reason "slow searches"',
      ),
    )
    .action((options: GraphIndexOptions) => run((context) => graphIndexCommand(context, options)));
}

function addWalks(graph: Command, run: Run): void {
  timed(graph.command('neighbors <agent>'))
    .description('agents around one, by id or name')
    .addOption(tenantOption())
    .option('--hops <number>', 'how far, 1 to 10; default: 1', wholeNumber(1, 10))
    .addHelpText('after', examples('graph neighbors "Ada Example" --tenant acme --hops 2'))
    .action((agent: string, options: GraphNeighborsOptions) =>
      run((context) => graphNeighborsCommand(context, agent, options)),
    );
  timed(graph.command('path <from> <to>'))
    .description('shortest path between two agents; exit code 1 when there is none')
    .addOption(tenantOption())
    .option('--max-hops <number>', 'how far to look, 0 to 10; default: 5', wholeNumber(0, 10))
    .addHelpText(
      'after',
      examples(
        'graph path "Ada Example" "Grace Example" --tenant acme',
        'graph path "Ada Example" "Grace Example" --tenant acme --as-of 2026-01-01',
      ),
    )
    .action((from: string, to: string, options: GraphPathOptions) =>
      run((context) => graphPathCommand(context, { from, to }, options)),
    );
}

function timed(command: Command): Command {
  return command
    .option('--as-of <time>', 'relationships that held then; default: now', instant)
    .option('--known-at <time>', 'as it was recorded then; default: as it is now', instant);
}

function instant(text: string): Date {
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('It has to be a date or a time, as 2026-01-31 or 2026-01-31T12:00:00Z.');
}
