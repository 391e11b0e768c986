import { Catalogue } from '../../../src/audit/catalogue/catalogue.ts';
import { asSuperuser, type Example, type Examples } from './example.ts';

const onVersion = (version: number): Example => ({
  change: ({ rows }) => new Catalogue({ ...rows, server: { version, version_text: 'this' } }),
});
const withExtensionIn = (schema: string): Example => ({
  change: ({ rows }) => new Catalogue({ ...rows, extensions: [{ name: 'citext', schema }] }),
});
const trigger = `
  create function shop.watch() returns event_trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin end';`;

export const surroundingExamples: Examples = {
  'server-lacks-fixes': {
    bad: [onVersion(170_010), onVersion(180_005)],
    good: [onVersion(150_014), onVersion(170_011), onVersion(180_006), onVersion(190_000)],
  },
  'row-security-off': {
    bad: [asSuperuser('alter role example_other set row_security = off')],
    good: [asSuperuser('alter role example_other set row_security = on')],
  },
  'extension-in-public': {
    bad: [withExtensionIn('public')],
    good: [withExtensionIn('extensions')],
  },
  'event-trigger-replaceable': {
    bad: [
      `${trigger} ${asSuperuser('create event trigger example_watch on ddl_command_end execute function shop.watch()')}`,
      `${trigger} ${asSuperuser(`alter function shop.watch() owner to current_user; alter function shop.watch() reset search_path;
        create event trigger example_watch on ddl_command_end execute function shop.watch()`)}`,
    ],
    good: [
      `${trigger} ${asSuperuser(`alter function shop.watch() owner to current_user;
        create event trigger example_watch on ddl_command_end execute function shop.watch()`)}`,
    ],
  },
};
