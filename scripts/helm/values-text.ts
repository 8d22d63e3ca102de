import { stringify } from 'yaml';

interface Schema {
  description?: string;
  properties?: Record<string, object>;
}

/** Values as YAML in the order of their schema, each under a comment that says what it is. */
export function commented(values: Record<string, unknown>, schema: Schema): string {
  return lines(values, schema, '').join('\n').concat('\n');
}

function lines(values: Record<string, unknown>, schema: Schema, pad: string): string[] {
  const known = Object.keys(schema.properties ?? {});
  const unknown = Object.keys(values).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`values that the schema does not have: ${unknown.join(', ')}`);
  return known
    .filter((key) => key in values)
    .flatMap((key) => {
      const { description, properties } = schema.properties![key] as Schema;
      const comment = description ? [`${pad}# ${description}.`] : [];
      const value = values[key];
      if (properties)
        return [...comment, `${pad}${key}:`, ...lines(value as Record<string, unknown>, { properties }, `${pad}  `)];
      const text = stringify({ [key]: value }, { lineWidth: 0 }).trimEnd();
      return [...comment, ...text.split('\n').map((line) => pad + line)];
    });
}
