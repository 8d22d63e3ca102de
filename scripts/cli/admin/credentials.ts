import { Check, Clean, Errors } from 'typebox/value';
import type { AppCredentials } from '../../../services/common/protocol/app-channel-calls.ts';
import { channelCredentials, type VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import { UsageError } from '../faults.ts';

/**
 * Credentials from the text of a file: an object of JSON with the kind's fields, or the file of a service account as its vendor
 * gives it. Fields that nobody here needs are left out.
 *
 * @throws UsageError that names the field and what is allowed, with nothing of its content.
 */
export function readCredentials(kind: VendorKind, text: string): AppCredentials {
  const schema = channelCredentials[kind];
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UsageError('the file is no JSON');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new UsageError('the file has to hold an object of JSON');
  }
  if ('serviceAccount' in schema.properties && !('serviceAccount' in given)) given = { serviceAccount: given };
  if (kind === 'apns') given = { production: true, ...(given as object) };
  const credentials = Clean(schema, given);
  if (Check(schema, credentials)) return { kind, credentials } as AppCredentials;
  const [fault] = Errors(schema, credentials);
  const field = fault?.instancePath.slice(1).replaceAll('/', '.');
  throw new UsageError(
    `${kind}: ${field || 'the file'} ${fault?.message ?? 'is wrong'}; fields are ${fieldsOf(schema).join(', ')}`,
  );
}

function fieldsOf(schema: { properties: object }, before = ''): string[] {
  return Object.entries(schema.properties).flatMap(([name, of]: [string, { properties?: object }]) =>
    of.properties ? fieldsOf({ properties: of.properties }, `${before}${name}.`) : [`${before}${name}`],
  );
}
