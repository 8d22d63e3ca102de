import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** One call and its answer, as they were on the wire. */
export interface Exchange {
  method: string;
  /** With `/v2/{appId}`. */
  path: string;
  status: number;
  /** The parsed body. */
  answer: unknown;
}

/** An answer that the API document doesn't allow. */
export class ContractFault extends Error {
  override readonly name = 'ContractFault';
}

interface Operation {
  responses: Record<string, { content: { 'application/json': { schema: object } } }>;
}

interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** Holds answers to the OpenAPI document that the system itself serves; what it doesn't name is a fault too. */
export class AnswerChecker {
  readonly #ajv = new Ajv2020({ allowUnionTypes: true, strictTypes: false });
  readonly #paths: { shape: RegExp; operations: Record<string, Operation> }[];
  readonly #validators = new Map<object, ValidateFunction>();

  constructor(document: unknown) {
    const { paths } = document as ApiDocument;
    this.#paths = Object.entries(paths)
      .sort(([one], [other]) => parametersIn(one) - parametersIn(other))
      .map(([path, operations]) => ({ shape: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`), operations }));
  }

  /** @param api where the system's API is. */
  static async of(api: string): Promise<AnswerChecker> {
    return new AnswerChecker(await (await fetch(`${api}/openapi.json`)).json());
  }

  /** @throws ContractFault with the call and what is wrong with its answer. */
  check(exchange: Exchange): void {
    const fault = this.#faultOf(exchange);
    if (fault === undefined) return;
    const { method, path, status, answer } = exchange;
    const shown = JSON.stringify(answer)?.slice(0, 500);
    throw new ContractFault(`${method} ${path.slice(0, 200)} was answered ${status} ${shown}: ${fault}`);
  }

  #faultOf({ method, path, status, answer }: Exchange): string | undefined {
    const plain = path.replace(/\?.*$/, '').replaceAll(/\/+/g, '/').replace(/\/$/, '');
    const found = this.#paths.find(({ shape }) => shape.test(plain))?.operations;
    const operation = found?.[method.toLowerCase()];
    if (!operation) return faultOfUnknown(found ? [405] : [404, 405], status, answer);
    const response = operation.responses[status];
    if (!response) return `the status is none of ${Object.keys(operation.responses).join(', ')}`;
    const { schema } = response.content['application/json'];
    const fits = this.#validators.get(schema) ?? this.#ajv.compile(closed(schema) as object);
    this.#validators.set(schema, fits);
    return fits(answer) ? undefined : this.#ajv.errorsText(fits.errors, { dataVar: 'answer' });
  }
}

/** What isn't a call is answered with its status as its code. */
function faultOfUnknown(expected: number[], status: number, answer: unknown): string | undefined {
  const { code, msg, ...rest } = answer as { code?: unknown; msg?: unknown };
  const fits =
    expected.includes(status) && code === status && typeof msg === 'string' && Object.keys(rest).length === 0;
  return fits ? undefined : `no such call is documented, so ${expected.join(' or ')} was expected`;
}

/** The same schema, its objects without any property that it doesn't name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const made = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const named = 'properties' in made && !('patternProperties' in made);
  return named ? { additionalProperties: false, ...made } : made;
}

function parametersIn(path: string): number {
  return path.split('{').length;
}
