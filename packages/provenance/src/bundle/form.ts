import { Cursor } from './cursor.ts';

/*
 * Reading canonical JSON (RFC 8785) of a known form. Of such a text everything is known but the values, so it is followed, not parsed
 * and judged afterwards: one spelling is read and no other, no member stands twice, nothing nests deeper than the form does, and
 * nothing is made of a hostile text but what the form has room for.
 */

/** How a value is written, and what it is read as. */
export interface Form<Value> {
  readonly read: (cursor: Cursor) => Value;
  /** Whether an object may do without it. */
  readonly isOptional: boolean;
}

/**
 * The value of a text that is its canonical JSON and nothing else.
 *
 * **Cost** linear.
 * @throws FormMismatch
 */
export function readForm<Value>(form: Form<Value>, text: string): Value {
  const cursor = new Cursor(text);
  const value = form.read(cursor);
  if (!cursor.isAtEnd) cursor.fail('the end of the text');
  return value;
}

export const text = form((cursor) => cursor.string());

/** From 0 to 2^53 − 1. */
export const wholeNumber = form((cursor) => cursor.number());

/** This text and no other. */
export function constant(value: string): Form<string> {
  return form((cursor) => {
    cursor.expect(JSON.stringify(value));
    return value;
  });
}

/** A text from which `parse` makes something, or undefined when it is none of these. */
export function parsedText<Value>(expected: string, parse: (text: string) => Value | undefined): Form<Value> {
  return form((cursor) => {
    const value = parse(cursor.string());
    return value === undefined ? cursor.fail(expected) : value;
  });
}

/** A list of at most `most` items. */
export function listOf<Item>(item: Form<Item>, most: number): Form<Item[]> {
  return form((cursor) => {
    const items: Item[] = [];
    cursor.expect('[');
    if (cursor.skip(']')) return items;
    do {
      if (items.length === most) cursor.fail(`at most ${String(most)} items`);
      items.push(cursor.within(items.length, item.read));
    } while (cursor.skip(','));
    cursor.expect(']');
    return items;
  });
}

export function optional<Value>({ read }: Form<Value>): Form<Value | undefined> {
  return { read, isOptional: true };
}

type Members = Readonly<Record<string, Form<unknown>>>;

type ObjectOf<Shape extends Members> = {
  -readonly [Name in keyof Shape]: Shape[Name] extends Form<infer Value> ? Value : never;
};

/** An object with these members, in the order of their names. */
export function objectOf<Shape extends Members>(shape: Shape): Form<ObjectOf<Shape>> {
  const members = Object.entries(shape)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => ({ ...member, name, first: `{"${name}":`, next: `,"${name}":` }));
  return form((cursor) => {
    const values: Record<string, unknown> = {};
    let isFirst = true;
    for (const { name, first, next, read, isOptional } of members) {
      const label = isFirst ? first : next;
      if (cursor.skip(label)) {
        values[name] = cursor.within(name, read);
        isFirst = false;
      } else if (!isOptional) cursor.fail(label);
    }
    cursor.expect('}');
    return values as ObjectOf<Shape>;
  });
}

function form<Value>(read: (cursor: Cursor) => Value): Form<Value> {
  return { read, isOptional: false };
}
