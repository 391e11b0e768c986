/** A set of programs to unpack from Debian's packages. */
export interface Recipe {
  /** What its folder in the cache begins with. */
  readonly name: string;
  /** Debian's release, by its code name. */
  readonly suite: string;
  /** To be raised with every change of what is unpacked: a cache of another recipe is not used. */
  readonly revision: number;
  /** The programs and every library that they load: the C library too, since an older system has an older one. */
  readonly packages: readonly string[];
  /** Where the programs lie, relative to the unpacked tree. */
  readonly programFolder: string;
  /** Programs and libraries that have to find everything they load within the tree. */
  readonly checked: readonly string[];
  /** What is not needed to run, besides documentation. */
  readonly superfluous: readonly string[];
}

const postgresBin = 'usr/lib/postgresql/17/bin';
const postgresLib = 'usr/lib/postgresql/17/lib';

/** PostgreSQL 17 with pgvector. */
export const postgresRecipe: Recipe = {
  name: 'postgresql-17',
  suite: 'trixie',
  revision: 1,
  packages: [
    ...['postgresql-17', 'postgresql-client-17', 'postgresql-17-pgvector', 'libpq5'],
    ...['libc6', 'libgcc-s1', 'libstdc++6', 'libssl3t64', 'libuuid1', 'libsystemd0', 'libcap2'],
    ...['libicu76', 'libxml2', 'libxslt1.1', 'libreadline8t64', 'libtinfo6', 'libxxhash0'],
    ...['zlib1g', 'libzstd1', 'liblz4-1', 'liblzma5', 'libgcrypt20', 'libgpg-error0'],
    ...['libpam0g', 'libaudit1', 'libcap-ng0', 'libselinux1', 'libpcre2-8-0', 'libldap2', 'libsasl2-2'],
    ...['libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0', 'libcom-err2', 'libkeyutils1'],
  ],
  programFolder: postgresBin,
  checked: [
    ...['postgres', 'initdb', 'pg_ctl', 'pg_basebackup', 'psql', 'pg_dump'].map(
      (name) => `${postgresBin}/${name}`,
    ),
    `${postgresLib}/vector.so`,
  ],
  // The JIT's LLVM would be another 124 MB.
  superfluous: ['bitcode', 'llvmjit.so', 'llvmjit_types.bc'].map((name) => `${postgresLib}/${name}`),
};

const pgBouncer = {
  name: 'pgbouncer',
  revision: 1,
  programFolder: 'usr/sbin',
  checked: ['usr/sbin/pgbouncer'],
  superfluous: [],
};

/** PgBouncer 1.24, and 1.18, which knows nothing of prepared statements. */
export const pgBouncerRecipes = {
  trixie: {
    ...pgBouncer,
    suite: 'trixie',
    packages: [
      ...['pgbouncer', 'libevent-2.1-7t64', 'libcares2', 'libpam0g', 'libaudit1', 'libcap-ng0'],
      ...['libc6', 'libssl3t64', 'zlib1g', 'libzstd1', 'libsystemd0', 'libcap2'],
    ],
  },
  bookworm: {
    ...pgBouncer,
    suite: 'bookworm',
    packages: [
      ...[
        'pgbouncer',
        'libevent-2.1-7',
        'libc-ares2',
        'libpam0g',
        'libaudit1',
        'libcap-ng0',
        'libc6',
        'libssl3',
      ],
      ...['libsystemd0', 'libcap2', 'libgcrypt20', 'libgpg-error0', 'liblz4-1', 'liblzma5', 'libzstd1'],
    ],
  },
} as const satisfies Record<string, Recipe>;
