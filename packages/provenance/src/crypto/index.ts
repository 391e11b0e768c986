export { sha256 } from './node.ts';
