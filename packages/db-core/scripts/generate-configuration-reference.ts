// Writes docs/reference/configuration.md; with --verify it only compares, and exits with 1 on a difference.
import { configurationReference } from './configuration-reference.ts';
import { writeOrVerify } from './write-or-verify.ts';

writeOrVerify('reference/configuration.md', configurationReference(), 'generate-configuration');
