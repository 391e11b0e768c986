import { Option, type Command } from 'commander';
import {
  provenanceInstallHookCommand,
  type InstallHookOptions,
} from '../commands/provenance-install-hook.ts';
import { provenanceTrailerCommand, type ProvenanceTrailerOptions } from '../commands/provenance-trailer.ts';
import { keyOption } from './provenance-options.ts';
import { examples, type Run } from './options.ts';

/** Commands that tie commits to the log. */
export function addProvenanceGit(provenance: Command, run: Run): void {
  inRepository(provenance.command('trailer'))
    .description(
      'sign into a message what its commit rests on, or verify it; exit code 1 when it does not hold',
    )
    .option('--commit-msg <file>', 'the message of the commit that git is about to make')
    .option('--amend', 'it takes the place of HEAD')
    .option('--node <id>', 'what it rests on; default: Provenance-Node of the message, or nothing')
    .option('--require', 'refuse a message that names no node')
    .option('--verify <commit>', 'hold the trailers of a commit against it, and against the log')
    .addOption(keyOption('trusted keys; default: those that the log knows'))
    .addHelpText(
      'after',
      examples(
        'provenance trailer --verify HEAD --tenant acme',
        'provenance trailer --verify v1.2 --tenant acme --key acme-key.pem',
        'provenance trailer --commit-msg .git/COMMIT_EDITMSG --node 018f4e3a-7c1d-7b2e-9a55-0123456789ab',
      ),
    )
    .action((options: ProvenanceTrailerOptions) =>
      run((context) => provenanceTrailerCommand(context, options)),
    );
  inRepository(provenance.command('install-hook'))
    .description('let git sign every commit that names a node: a commit-msg hook')
    .addOption(
      new Option('--on-failure <what>', 'when it cannot be signed; default: abort').choices([
        'abort',
        'continue',
      ]),
    )
    .option('--force', "replace somebody else's hook, or use a folder that is for all repositories")
    .option('--print', 'show it, and install nothing: for a hook of your own')
    .addHelpText(
      'after',
      examples(
        'provenance install-hook --tenant acme',
        'provenance install-hook --repo ../site --tenant acme --signing-key ~/keys/acme.pem',
      ),
    )
    .action((options: InstallHookOptions) =>
      run((context) => provenanceInstallHookCommand(context, options)),
    );
}

function inRepository(command: Command): Command {
  return command
    .option('--repo <path>', 'the repository; default: the one of this folder')
    .option('--tenant <id>', 'whose log; default: agency-db.tenant of the repository')
    .option('--signing-key <file>', "private key (PEM); default: agency-db.signingKey, or the tenant's");
}
