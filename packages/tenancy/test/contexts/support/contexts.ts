import { randomBytes } from 'node:crypto';
import type { Application } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import { beforeAll } from 'vitest';
import type { ContextToOffload } from '../../../src/contexts/context-input.ts';
import type { ContextOptions } from '../../../src/contexts/context-options.ts';
import { listContexts } from '../../../src/contexts/find-contexts.ts';
import { loadContext, type LoadOptions } from '../../../src/contexts/load-context.ts';
import { createLocalFolderStorage } from '../../../src/contexts/local-folder-storage.ts';
import { offloadContext } from '../../../src/contexts/offload-context.ts';
import { createLocalFileKeys } from '../../../src/encryption/local-file-keys.ts';
import { TenantKeyRing } from '../../../src/encryption/tenant-key-ring.ts';
import { useFolders } from '../../encryption/support/encrypted-tenants.ts';

export const CONVERSATION = 'The agent asked for the invoice, and was told to wait. '.repeat(200);
/** Too large for a row. */
export const LARGE = randomBytes(1024 * 1024 + 1);

/** A unit vector along one axis, or as long as `value`. */
export const axis = (at: number, value = 1): Float32Array => new Float32Array(768).fill(value, at, at + 1);

export interface ContextRow {
  readonly summary: string;
  readonly content: Buffer | null;
  readonly content_key_id: string | null;
  readonly storage_location: string | null;
  readonly storage_checksum: string;
  readonly access_count: number;
  readonly last_accessed: Date | null;
}

/** The contexts of a test file: keys and storage in folders of their own, and each step in its own transaction. */
export function useContexts(app: Application) {
  const folders = useFolders();
  let options: Required<ContextOptions> | undefined;
  beforeAll(async () => {
    options = {
      keyRing: new TenantKeyRing(createLocalFileKeys(await folders.newFolder())),
      storage: createLocalFolderStorage(await folders.newFolder()),
    };
  });
  const ready = (): Required<ContextOptions> => {
    if (options === undefined) throw new Error('keys and storage exist only from beforeAll on');
    return options;
  };
  const rowsOf = async (tenantId: string): Promise<ContextRow[]> =>
    app.inTenant(
      tenantId,
      async (tx) => (await sql<ContextRow>`select * from offloaded_contexts`.execute(tx)).rows,
    );
  return {
    options: ready,
    offload: (tenantId: string, input: Partial<ContextToOffload> = {}, given: ContextOptions = ready()) =>
      app.inTenant(tenantId, (tx) =>
        offloadContext(tx, { content: CONVERSATION, summary: 'Talk about an invoice', ...input }, given),
      ),
    load: (tenantId: string, id: string, given: LoadOptions = ready()) =>
      app.inTenant(tenantId, (tx) => loadContext(tx, id, given)),
    list: (tenantId: string) => app.inTenant(tenantId, (tx) => listContexts(tx, {}, ready())),
    /** SQL of the application's own. */
    run: (tenantId: string, statement: string): Promise<unknown> =>
      app.inTenant(tenantId, (tx) => sql.raw(statement).execute(tx)),
    rowsOf,
    onlyRow: async (tenantId: string): Promise<ContextRow> => {
      const [row, ...others] = await rowsOf(tenantId);
      if (row === undefined || others.length > 0) throw new Error('there is not one row');
      return row;
    },
    locationsOf: async (tenantId: string): Promise<string[]> => {
      const locations: string[] = [];
      for await (const { location } of ready().storage.list(tenantId)) locations.push(location);
      return locations;
    },
  };
}
