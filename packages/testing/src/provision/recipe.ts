import { TestingError } from '../errors.ts';

/** Debian's release that has PostgreSQL 17 with pgvector. */
export const suite = 'trixie';

/** PostgreSQL, pgvector, and every library that they load: the C library too, since an older system has an older one. */
export const packages = [
  ...['postgresql-17', 'postgresql-client-17', 'postgresql-17-pgvector', 'libpq5'],
  ...['libc6', 'libgcc-s1', 'libstdc++6', 'libssl3t64', 'libuuid1', 'libsystemd0', 'libcap2'],
  ...['libicu76', 'libxml2', 'libxslt1.1', 'libreadline8t64', 'libtinfo6', 'libxxhash0'],
  ...['zlib1g', 'libzstd1', 'liblz4-1', 'liblzma5', 'libgcrypt20', 'libgpg-error0'],
  ...['libpam0g', 'libaudit1', 'libcap-ng0', 'libselinux1', 'libpcre2-8-0', 'libldap2', 'libsasl2-2'],
  ...['libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0', 'libcom-err2', 'libkeyutils1'],
] as const;

/** To be raised with every change of what is unpacked: a cache of another recipe is not used. */
export const revision = 1;

/** Where the programs lie, relative to the unpacked tree. */
export const programFolder = 'usr/lib/postgresql/17/bin';

/** What is not needed to run: documentation, and the JIT, whose LLVM would be another 124 MB. */
export const superfluous = [
  ...['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/lintian'],
  ...['usr/lib/postgresql/17/lib/bitcode', 'usr/lib/postgresql/17/lib/llvmjit.so'],
  'usr/lib/postgresql/17/lib/llvmjit_types.bc',
] as const;

/** What differs between processors, relative to the unpacked tree. */
export interface Architecture {
  readonly loader: string;
  readonly libraries: string;
}

const architectures: Readonly<Record<string, Architecture>> = {
  amd64: { loader: 'usr/lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
  arm64: { loader: 'usr/lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
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
