import type { TSchema } from 'typebox';
import type { Endpoint, Endpoints } from '../calls/endpoint.ts';
import { type ConsoleErrorCode, ErrorAnswer, errorStatus } from '../calls/errors.ts';

const description =
  'What the pages of the console ask for. Failures are answered `{error: {code, message, field?, allowed?, role?}}`. Changes need the header `x-csrf-token` and an `Origin` of the console itself.';

/** The console's calls as an OpenAPI 3.1 document, from the schemas that requests are checked with. */
export function consoleDocument(calls: Endpoints): object {
  const paths: Record<string, Record<string, object>> = {};
  const add = (path: string, method: string, operation: object): void => {
    const place = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[place] = { ...paths[place], [method.toLowerCase()]: operation };
  };
  for (const [name, endpoint] of Object.entries(calls)) {
    add(endpoint.path, endpoint.method, operationOf(name, endpoint));
    if (endpoint.live) add(`${endpoint.path}/live`, 'GET', liveOf(name, endpoint));
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Longwire console', version: '1', description },
    servers: [{ url: '/console/api' }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'longwire_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
      },
    },
  };
}

/** How a call may fail, but for faults of the console itself. */
export function failuresOf({ method, needs, params, query, body }: Endpoint): ConsoleErrorCode[] {
  const codes: ConsoleErrorCode[] = ['unavailable'];
  if (params || query || body) codes.push('bad_request');
  if (body) codes.push('too_large');
  if (method !== 'GET') codes.push('bad_csrf', 'conflict');
  if (needs === 'nothing') codes.push('bad_credentials', 'locked', 'too_many_attempts');
  else codes.push('not_signed_in');
  if (needs !== 'nothing' && needs !== 'session') codes.push('forbidden', 'password_change_needed');
  if (params) codes.push('not_found');
  return codes;
}

function operationOf(name: string, endpoint: Endpoint): object {
  const { summary, needs, body, example, method, answer, redirects } = endpoint;
  const success = answer
    ? { 200: { description: 'Success', content: json(answer) } }
    : { [redirects ? 302 : 204]: { description: redirects ? 'Goes on elsewhere' : 'Done' } };
  const csrf = method === 'GET' ? {} : { csrf: [] };
  return {
    operationId: name,
    summary,
    description: `Needs: ${needs}`,
    tags: [endpoint.path.split('/')[1]],
    parameters: parametersOf(endpoint),
    ...(body ? { requestBody: { required: true, content: json(body, example.body) } } : {}),
    responses: { ...success, ...failureResponses(endpoint) },
    security: needs === 'nothing' ? [] : [{ session: [], ...csrf }],
  };
}

function liveOf(name: string, endpoint: Endpoint): object {
  const stream = { 'text/event-stream': { schema: { type: 'string' } } };
  return {
    operationId: `${name}Live`,
    summary: `${endpoint.summary}: server-sent events, each the whole state`,
    tags: [endpoint.path.split('/')[1]],
    parameters: parametersOf(endpoint),
    responses: { 200: { description: 'Events', content: stream }, ...failureResponses(endpoint) },
    security: [{ session: [] }],
  };
}

function parametersOf({ params, query, example }: Endpoint): object[] {
  const of = (where: 'path' | 'query', schemas: Record<string, TSchema>, required: readonly string[], given?: object) =>
    Object.entries(schemas).map(([name, schema]) => {
      const value = (given as Record<string, unknown> | undefined)?.[name];
      const shown = value === undefined ? {} : { example: value };
      return { name, in: where, required: where === 'path' || required.includes(name), schema, ...shown };
    });
  const needed = (schema: { required?: readonly string[] } | undefined): readonly string[] => schema?.required ?? [];
  return [
    ...of('path', params?.properties ?? {}, [], example.params),
    ...of('query', query?.properties ?? {}, needed(query), example.query),
  ];
}

function failureResponses(endpoint: Endpoint): Record<string, object> {
  const byStatus = new Map<number, ConsoleErrorCode[]>();
  for (const code of failuresOf(endpoint))
    byStatus.set(errorStatus[code], [...(byStatus.get(errorStatus[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(', '), content: json(ErrorAnswer) }]),
  );
}

function json(schema: TSchema, example?: object): object {
  return { 'application/json': example === undefined ? { schema } : { schema, example } };
}
