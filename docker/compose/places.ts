/** Where the containers of `compose.yaml` find what they share. */
export const root = '/credentials';

export const lines = ['push', 'iot'] as const;

/** A product line's own account and database. */
export function databaseOf(line: string): { user: string; database: string } {
  return { user: `longwire_${line}`, database: `longwire_${line}` };
}
