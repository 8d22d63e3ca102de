import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Reads what records hold, JSON text of one schema. What is anything else is undefined: it must not stop those behind it. */
export function recordReader<Schema extends TSchema>(schema: Schema): (value: string) => Static<Schema> | undefined {
  const validator = Compile(schema);
  return (value) => {
    try {
      const parsed: unknown = JSON.parse(value);
      return validator.Check(parsed) ? (parsed as Static<Schema>) : undefined;
    } catch {
      return undefined;
    }
  };
}
