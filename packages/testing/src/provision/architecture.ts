import { TestingError } from '../errors.ts';

/** What differs between processors, relative to an unpacked tree. */
export interface Architecture {
  readonly loader: string;
  readonly libraries: string;
}

const architectures: Readonly<Record<string, Architecture>> = {
  amd64: layoutOf('x86_64-linux-gnu', 'ld-linux-x86-64.so.2'),
  arm64: layoutOf('aarch64-linux-gnu', 'ld-linux-aarch64.so.1'),
};

/**
 * The layout of Debian's packages for a processor, by dpkg's name for it.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`
 */
export function architectureOf(name: string): Architecture {
  const found = architectures[name];
  if (found !== undefined) return found;
  throw new TestingError('SOURCE_UNAVAILABLE', `no recipe for the architecture ${name}`);
}

function layoutOf(folder: string, loader: string): Architecture {
  const libraries = `usr/lib/${folder}`;
  return { loader: `${libraries}/${loader}`, libraries };
}
