import { keyPurposes } from '@agent-agency/provenance';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { provenanceKeyListCommand } from '../commands/provenance-key-list.ts';
import { provenanceKeyAdmitCommand, type KeyAdmitOptions } from '../commands/provenance-key-admit.ts';
import { provenanceKeyRevokeCommand, type KeyRevokeOptions } from '../commands/provenance-key-revoke.ts';
import { provenanceKeyRotateCommand, type KeyRotateOptions } from '../commands/provenance-key-rotate.ts';
import { examples, tenantOption, wholeNumber, type Run } from './options.ts';
import { signingKeyOption } from './provenance-options.ts';

/** Commands about the keys of a log. */
export function addProvenanceKeys(provenance: Command, run: Run): void {
  const key = provenance.command('key').description('the keys of a log: their lives are in it');
  key
    .command('list')
    .description('which keys there are, what they may sign and from where on')
    .addOption(tenantOption())
    .addHelpText('after', examples('provenance key list --tenant acme'))
    .action((options: { tenant: string }) => run((context) => provenanceKeyListCommand(context, options)));
  key
    .command('admit')
    .description('let another key sign as well; both sign the entry')
    .addOption(tenantOption())
    .requiredOption('--new-key <file>', 'its private key (PEM); made if it is not there')
    .addOption(
      new Option('--purpose <name...>', 'what it may sign; default: everything').choices(keyPurposes),
    )
    .option('--valid-from <time>', 'not before', instant)
    .option('--valid-until <time>', 'not from then on', instant)
    .addOption(signingKeyOption())
    .addHelpText(
      'after',
      examples(
        'provenance key admit --tenant acme --new-key ci.pem --purpose nodes --valid-until 2027-01-01',
      ),
    )
    .action((options: KeyAdmitOptions) => run((context) => provenanceKeyAdmitCommand(context, options)));
  key
    .command('rotate')
    .description('let a new key take the place of the one that signs; both sign the entry')
    .addOption(tenantOption())
    .option('--new-key <file>', 'a file for it; default: that of the old one, which is kept beside it')
    .addOption(signingKeyOption())
    .addHelpText(
      'after',
      examples(
        'provenance key rotate --tenant acme',
        'provenance key rotate --tenant acme --signing-key ~/keys/2026.pem --new-key ~/keys/2027.pem',
      ),
    )
    .action((options: KeyRotateOptions) => run((context) => provenanceKeyRotateCommand(context, options)));
  key
    .command('revoke <key>')
    .description('say that what a key signed is not to be believed from a number of the log on, for good')
    .addOption(tenantOption())
    .requiredOption('--reason <text>', 'why; it stays in the log')
    .option(
      '--from-seq <number>',
      'the first number that is not believed, perhaps of the past; default: the next one',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--yes', 'yes, for good')
    .addOption(signingKeyOption())
    .addHelpText(
      'after',
      examples(
        'provenance key revoke ed25519:21fe31dfa154a261626bf854046fd227 --tenant acme --reason "laptop stolen" --from-seq 1042 --yes',
      ),
    )
    .action((id: string, options: KeyRevokeOptions) =>
      run((context) => provenanceKeyRevokeCommand(context, id, options)),
    );
}

function instant(text: string): Date {
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('It has to be a date or a time, as 2026-01-31 or 2026-01-31T12:00:00Z.');
}
