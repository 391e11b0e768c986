// Writes docs/operations/faults.md; with --verify it only compares, and exits with 1 on a difference.
import { currentFaultMatrix } from './fault-matrix.ts';
import { writeOrVerify } from './write-or-verify.ts';

writeOrVerify('operations/faults.md', currentFaultMatrix(), 'generate-faults');
