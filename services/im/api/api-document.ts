import Type, { type TSchema } from 'typebox';
import { type RestCode, restCodes } from '../../common/protocol/rest/codes.ts';
import { failureOf, successOf, successText } from '../../common/protocol/rest/envelope.ts';
import { byStatus, failureTexts } from '../../common/protocol/rest/failures.ts';
import type { Endpoint } from './endpoint.ts';

const description =
  'What upstream apps ask for. Every answer is `{code, msg, data?}`; code 0 is success, of any other `msg` says what was wrong.';

/** The API as an OpenAPI 3.1 document, from the schemas that requests are checked with. */
export function apiDocument(endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const path = `/v2/{appId}${documentPath(endpoint)}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Longwire upstream API', version: '2', description },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'token', description: 'From POST /auth' } },
    },
  };
}

/** The path with its parameters in braces. */
export function documentPath({ path }: Pick<Endpoint, 'path'>): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

/** How a call may fail, but for faults of the system itself. */
export function failuresOf({ method, open, codes = [] }: Endpoint): Exclude<RestCode, 'ok'>[] {
  const ofBody = method === 'GET' ? [] : (['notJson'] as const);
  const ofToken = open ? [] : (['badToken', 'appDisabled', 'callRate'] as const);
  const all = ['parameter', ...ofBody, ...ofToken, ...codes, 'notFound', 'methodNotAllowed', 'busy'] as const;
  return all.filter((kind) => kind !== 'ok');
}

function operationOf(endpoint: Endpoint): object {
  const { name, path, summary, params, body, example, open } = endpoint;
  const parameters = Object.entries(params?.properties ?? {}).map(([name, schema]) =>
    parameterOf(name, schema, example.params?.[name]),
  );
  return {
    operationId: name,
    summary,
    tags: [path.split('/')[1]],
    parameters: [parameterOf('appId', Type.String(), 'demo'), ...parameters],
    ...(body ? { requestBody: { required: body.required !== undefined, content: json(body, example.body) } } : {}),
    responses: responsesOf(endpoint),
    ...(open ? {} : { security: [{ token: [] }] }),
  };
}

function parameterOf(name: string, { ...schema }: TSchema, example: unknown): object {
  return { name, in: 'path', required: true, schema, ...(example === undefined ? {} : { example }) };
}

function responsesOf(endpoint: Endpoint): object {
  const { data, body, example } = endpoint;
  const failures = byStatus(failuresOf(endpoint));
  // What is done later has no data yet.
  const always = body?.properties['is_async'] === undefined;
  const success = { code: 0, msg: successText, ...(data ? { data: example.data } : {}) };
  const atOk = failures.get(200) ?? [];
  const ok = [successOf(data, always), ...(atOk.length > 0 ? [failureOf(codesOf(atOk))] : [])];
  const responses: Record<string, object> = {
    200: { description: 'Success', content: json(ok.length > 1 ? Type.Union(ok) : ok[0]!, success) },
  };
  failures.delete(200);
  for (const [status, kinds] of failures) {
    const [first] = kinds as Exclude<RestCode, 'ok'>[];
    const shown = { code: restCodes[first!].code, msg: failureTexts[first!] };
    responses[status] = { description: codesOf(kinds).join(', '), content: json(failureOf(codesOf(kinds)), shown) };
  }
  return responses;
}

function codesOf(kinds: readonly RestCode[]): number[] {
  return [...new Set(kinds.map((kind) => restCodes[kind].code))];
}

function json(schema: TSchema, example: unknown): object {
  return { 'application/json': { schema, example } };
}
