/** Says whether a value of unknown origin is what it should be; `fields` are those beside it. */
export type Check = (value: unknown, fields: Record<string, unknown>) => boolean;
export type Shape = Record<string, Check>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isName = (value: unknown): boolean => isText(value) && value !== '';
/** Of a message or a broadcast, or a time in ms. */
export const isPosition = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function optional(check: (value: unknown) => boolean): Check {
  return (value) => value === undefined || check(value);
}

/** An object with such fields. */
export function shaped(shape: Shape): (value: unknown) => boolean {
  return (value) => isObject(value) && misfit(value, shape) === undefined;
}

/** The first field that is missing or wrong; fields that the shape doesn't name may be anything. */
export function misfit(fields: Record<string, unknown>, shape: Shape): string | undefined {
  return Object.keys(shape).find((name) => !shape[name]!(fields[name], fields));
}
