import { specProfiles } from '@agent-agency/provenance';
import { Option, type Command } from 'commander';
import {
  provenanceCheckpointCommand,
  type CheckpointCommandOptions,
} from '../commands/provenance-checkpoint.ts';
import {
  provenanceExportBundleCommand,
  type ExportBundleOptions,
} from '../commands/provenance-export-bundle.ts';
import { provenanceImportCawsCommand, type ImportCawsOptions } from '../commands/provenance-import-caws.ts';
import {
  provenanceVerifyBundleCommand,
  type VerifyBundleOptions,
} from '../commands/provenance-verify-bundle.ts';
import { provenanceVerifyCommand, type ProvenanceVerifyOptions } from '../commands/provenance-verify.ts';
import { addProvenanceGit } from './provenance-git-commands.ts';
import { addProvenanceKeys } from './provenance-key-commands.ts';
import { examples, tenantOption, wholeNumber, type Run } from './options.ts';
import { addTrust, duration, keyOption, signingKeyOption } from './provenance-options.ts';

export function addProvenance(program: Command, run: Run): void {
  const provenance = program
    .command('provenance')
    .description("a tenant's log of decisions: prove it, show it to others, tie commits to it");
  addVerify(provenance, run);
  addCheckpoint(provenance, run);
  addBundles(provenance, run);
  addProvenanceKeys(provenance, run);
  addProvenanceGit(provenance, run);
  addImport(provenance, run);
}

function addVerify(provenance: Command, run: Run): void {
  addTrust(
    provenance
      .command('verify')
      .description('recompute every hash and signature; exit code 1 and the first bad node when one is wrong')
      .addOption(tenantOption())
      .addOption(keyOption('trusted keys; default: those that the database has'))
      .option(
        '--checkpoint <file...>',
        'checkpoints kept elsewhere, which the log has to continue; needs --key',
      )
      .option('--hashes', 'no signatures: with a checkpoint of the end, as good and much faster'),
  )
    .addHelpText(
      'after',
      examples(
        'provenance verify --tenant acme',
        'provenance verify --tenant acme --key acme-key.pem --checkpoint acme.checkpoint --hashes',
      ),
    )
    .action((options: ProvenanceVerifyOptions) =>
      run((context) => provenanceVerifyCommand(context, options)),
    );
}

function addCheckpoint(provenance: Command, run: Run): void {
  provenance
    .command('checkpoint')
    .description(
      'sign the state of the log, have it cosigned, and print it; exit code 1 without all cosignatures',
    )
    .addOption(tenantOption())
    .requiredOption('--deployment <name>', 'whose log it is, for good; best a name of the DNS')
    .option('--if-new-nodes <number>', 'only when so many are in none', wholeNumber(1, 1_000_000_000))
    .option(
      '--if-older-than <duration>',
      'only when the last one is as old as that: 90s, 30m, 24h, 7d',
      duration,
    )
    .option('--witnesses <file>', 'who is asked to cosign: a line each, verifier key and address')
    .addOption(signingKeyOption())
    .addHelpText(
      'after',
      examples(
        'provenance checkpoint --tenant acme --deployment log.example.com > acme.checkpoint',
        'provenance checkpoint --tenant acme --deployment log.example.com --if-older-than 24h --witnesses witnesses.txt',
      ),
    )
    .action((options: CheckpointCommandOptions) =>
      run((context) => provenanceCheckpointCommand(context, options)),
    );
}

function addBundles(provenance: Command, run: Run): void {
  provenance
    .command('export-bundle <id...>')
    .description('nodes with all that shows to somebody without the database that they are in the log')
    .addOption(tenantOption())
    .option('--with-ancestry', 'and everything that they derive from')
    .option('--cosignatures <number>', 'of so many witnesses; default: 0', wholeNumber(0, 100))
    .option('--output <file>', 'a new file; default: standard output')
    .addHelpText(
      'after',
      examples(
        'provenance export-bundle 018f4e3a-7c1d-7b2e-9a55-0123456789ab --tenant acme --with-ancestry --output verdict.json',
      ),
    )
    .action((ids: string[], options: ExportBundleOptions) =>
      run((context) => provenanceExportBundleCommand(context, ids, options)),
    );
  addTrust(
    provenance
      .command('verify-bundle <file>')
      .description('verify nodes without a database; exit code 1 and every fault when it does not hold')
      .addOption(
        keyOption('keys of the log that you trust; those that they admit are found').makeOptionMandatory(),
      ),
  )
    .option('--node <id...>', 'nodes that have to be in it')
    .option('--with-ancestry', 'and everything that its nodes derive from')
    .addHelpText(
      'after',
      examples(
        'provenance verify-bundle verdict.json --key acme-key.pem --origin log.example.com/acme',
        'provenance verify-bundle verdict.json --key log.example.com/acme+4225892a+AddamAGC… --witness witnesses.txt --quorum 2',
      ),
    )
    .action((file: string, options: VerifyBundleOptions) =>
      run((context) => provenanceVerifyBundleCommand(context, file, options)),
    );
}

function addImport(provenance: Command, run: Run): void {
  provenance
    .command('import-caws <folder>')
    .description("record a project's working spec, policy and waivers; a second run records what has changed")
    .addOption(tenantOption())
    .option('--project <name>', 'tells projects of one tenant apart')
    .addOption(new Option('--profile <name>', 'how the working spec is judged').choices(specProfiles))
    .option('--evaluation <id>', 'a run of the gates, and what was decided on it')
    .option('--gates <file>', 'its report of the gates')
    .option('--manifest <file>', 'its provenance file: then there is a verdict')
    .option('--ref <ref...>', 'what the verdict refers to, as CAWS:Section4.2')
    .addOption(signingKeyOption('; made if it is not there'))
    .addHelpText(
      'after',
      examples(
        'provenance import-caws . --tenant acme',
        'provenance import-caws . --tenant acme --evaluation VERDICT-001 --gates gates.json --manifest .agent/provenance.json',
      ),
    )
    .action((folder: string, options: ImportCawsOptions) =>
      run((context) => provenanceImportCawsCommand(context, folder, options)),
    );
}
