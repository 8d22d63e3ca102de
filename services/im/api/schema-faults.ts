import { type ApiFault, duplicate, empty, invalid, overLimit, wrongType } from './faults.ts';

/** What a schema validator says of one fault; the value at fault comes along. */
export interface SchemaError {
  keyword: string;
  /** JSON pointer. */
  instancePath: string;
  params: Record<string, unknown>;
  data?: unknown;
}

/**
 * A validator's fault in the words of the contract: which parameter, and what is wrong with it.
 *
 * @param part names the whole where no parameter does: `body`, `params`.
 */
export function schemaFault(error: SchemaError, part: string): ApiFault {
  const path = parameterOf(error.instancePath);
  switch (error.keyword) {
    case 'required': {
      const missing = String(error.params['missingProperty']);
      return empty(path === '' ? missing : `${path}.${missing}`);
    }
    case 'type':
      return wrongType(path || part);
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return overLimit(path || part);
    case 'uniqueItems':
      return duplicate(path || part);
    default:
      return isEmpty(error.data) ? empty(path || part) : invalid(path || part);
  }
}

/** `/msg_list/3/audience` becomes `msg_list[3].audience`. Names that a client chose are cut short. */
export function parameterOf(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 64);
    if (/^\d+$/.test(name)) path += `[${name}]`;
    else path += path === '' ? name : `.${name}`;
  }
  return path;
}

function isEmpty(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length === 0;
}
