/** As much of a JSON schema as decides what is lenient. */
export interface ShapeOf {
  type?: unknown;
  properties?: Record<string, ShapeOf>;
  patternProperties?: Record<string, ShapeOf>;
  items?: ShapeOf;
}

/**
 * What clients in use send instead of what a schema says, put right in place: an integer as a string of digits becomes a
 * number, a field that is null counts as missing. Only fields that the schema names are touched.
 */
export function makeLenient(schema: ShapeOf, value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) makeLenient(schema.items, item);
    return;
  }
  const fields = value as Record<string, unknown>;
  const { properties } = schema;
  // What was sent is less than what may be.
  if (properties) {
    for (const name of Object.keys(fields)) {
      if (Object.hasOwn(properties, name)) makeFieldLenient(fields, name, properties[name]!);
    }
  }
  if (!schema.patternProperties) return;
  for (const shape of Object.values(schema.patternProperties)) {
    for (const name of Object.keys(fields)) makeFieldLenient(fields, name, shape);
  }
}

function makeFieldLenient(fields: Record<string, unknown>, name: string, shape: ShapeOf): void {
  const given = fields[name];
  if (given === null) delete fields[name];
  else if (shape.type !== 'integer') makeLenient(shape, given);
  else if (typeof given === 'string' && /^-?\d{1,16}$/.test(given)) fields[name] = Number(given);
}
