import { Check, Errors } from 'typebox/value';
import { CliError, UsageError } from '../faults.ts';
import { Place } from './target.ts';

const name = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * The profile of a name in the text of a profile file, a JSON object of profiles by name.
 *
 * @throws CliError that names the file and the field, with no value in it: it holds secrets.
 */
export function profileIn(text: string, file: string, wanted: string): Place {
  if (!name.test(wanted)) throw new UsageError(`--profile ${wanted}: a name has 1 to 64 of A-Z a-z 0-9 _ . -`);
  let profiles: unknown;
  try {
    profiles = JSON.parse(text);
  } catch {
    throw new CliError('usage', `${file}: is not JSON; it holds an object of profiles by name`);
  }
  if (typeof profiles !== 'object' || profiles === null || Array.isArray(profiles)) {
    throw new CliError('usage', `${file}: holds no object of profiles by name`);
  }
  if (!Object.hasOwn(profiles, wanted)) {
    const names = Object.keys(profiles).filter((one) => name.test(one));
    const allowed = names.length === 0 ? 'it has none' : `it has ${names.slice(0, 20).join(', ')}`;
    throw new UsageError(`--profile ${wanted}: there is none of that name in ${file}; ${allowed}`);
  }
  return placeOf((profiles as Record<string, unknown>)[wanted], `${file}: ${wanted}`);
}

/** @throws CliError that names the first field that doesn't fit. */
export function placeOf(value: unknown, where: string): Place {
  if (Check(Place, value)) return value;
  const unknown = Object.keys(typeof value === 'object' && value !== null ? value : {}).find(
    (key) => !Object.hasOwn(Place.properties, key),
  );
  const allowed = Object.keys(Place.properties).join(', ');
  if (unknown !== undefined)
    throw new CliError('usage', `${where}.${unknown}: is no field of it; allowed are ${allowed}`);
  const [fault] = Errors(Place, value);
  throw new CliError(
    'usage',
    `${where}${(fault?.instancePath ?? '').replaceAll('/', '.')}: ${fault?.message ?? 'does not fit'}`,
  );
}
