import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../services/im/api/endpoint.ts';
import { endpoints } from '../../../services/im/api/endpoints.ts';
import { casesOf } from './inputs/cases.ts';
import { type Given, WorkingExamples } from './inputs/examples.ts';
import { type Expected, expectedOf, furtherCases } from './inputs/rules.ts';
import { type Answer, ApiRig } from './rig.ts';

const calls = endpoints.map((endpoint) => [endpoint.name, endpoint] as const);

/** Made from the schemas of every call, so that a call that is added is walked too. */
describe('bad input', () => {
  let rig: ApiRig;
  let examples: WorkingExamples;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    examples = new WorkingExamples(rig);
  });
  afterAll(() => rig.stop());

  const right = ({ example }: Endpoint): Given => ({ params: example.params ?? {}, body: example.body });
  const seen = ({ http, code, msg }: Answer): Expected => ({ http, code, msg });
  const badToken = { http: 401, code: 10_001, msg: 'token is invalid' };
  const parameterFault = (msg: string): Expected => ({ http: 400, code: 20_001, msg });

  it.each(calls)('%s: its example works, many times over', async (_name, endpoint) => {
    for (let time = 0; time < 2; time++) {
      expect(await examples.send(endpoint, right(endpoint))).toMatchObject({ http: 200, code: 0, msg: 'success' });
    }
  });

  it.each(calls)(
    '%s: every parameter, at and past what it may be, is answered by its name',
    async (_name, endpoint) => {
      const cases = casesOf(endpoint);
      const wrong: object[] = [];
      for (const one of cases) {
        const expected = expectedOf(one);
        const answer = seen(await examples.send(endpoint, one.given));
        if (JSON.stringify(answer) !== JSON.stringify(expected)) {
          wrong.push({ parameter: one.parameter, what: one.what, answer, expected });
        }
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it.each(Object.entries(furtherCases))('%s: rules of its own', async (name, further) => {
    const endpoint = endpoints.find((one) => one.name === name)!;
    for (const [change, answer] of further) {
      const { params, body } = right(endpoint);
      const given = {
        params: { ...params, ...change.params },
        body: { ...(body as object), ...(change.body as object) },
      };
      const success = { http: 200, code: 0, msg: 'success' };
      const expected = typeof answer === 'object' ? answer : answer === 'success' ? success : parameterFault(answer);
      expect([change, seen(await examples.send(endpoint, given))]).toEqual([change, expected]);
    }
  });

  it.each(calls)('%s: what is no body of it, no token, and another app', async (_name, endpoint) => {
    const { params } = right(endpoint);
    const send = async (body: unknown): Promise<Expected> => seen(await examples.send(endpoint, { params, body }));
    const { body: schema } = endpoint;
    if (endpoint.method !== 'GET') {
      expect(await send('{"a":')).toEqual({ http: 200, code: 1, msg: 'body is not JSON' });
      expect(await send('['.repeat(40) + ']'.repeat(40))).toEqual(parameterFault('body is invalid'));
      expect(await send(`"${'x'.repeat(4 * 1024 * 1024)}"`)).toEqual(parameterFault('body size over limit'));
      const [first] = (schema?.required ?? []) as string[];
      const nothing =
        first === undefined ? { http: 200, code: 0, msg: 'success' } : parameterFault(`${first} can not be empty`);
      for (const body of [undefined, null, {}, ' ']) expect([body, await send(body)]).toEqual([body, nothing]);
      const other = schema ? parameterFault('body type error') : nothing;
      for (const body of [[], 7, '"text"', true]) expect([body, await send(body)]).toEqual([body, other]);
    }
    const given = right(endpoint);
    const elsewhere = endpoint.open ? parameterFault('sign is invalid') : badToken;
    for (const appId of ['app2', 'nobody', '-', 'x'.repeat(100)]) {
      expect([appId, seen(await examples.send(endpoint, given, { appId }))]).toEqual([appId, elsewhere]);
    }
    if (endpoint.open) return;
    for (const token of ['', 'x', `${examples.appId}.9999999999999.x.y`]) {
      expect([token, seen(await examples.send(endpoint, given, { token }))]).toEqual([token, badToken]);
    }
  });

  const inPaths = calls.filter(([, { params }]) => params !== undefined);
  it.each(inPaths)('%s: a parameter of its path that is empty or endless', async (_name, endpoint) => {
    const { params, body } = right(endpoint);
    for (const name of Object.keys(params)) {
      // Without it, it is the path of another call, or of none.
      const empty = await examples.send(endpoint, { params: { ...params, [name]: '' }, body });
      expect([404, 405, 20_001, 0]).toContain(empty.code);
      const endless = await examples.send(endpoint, { params: { ...params, [name]: 'x'.repeat(40_001) }, body });
      expect(seen(endless)).toEqual(parameterFault('path size over limit'));
    }
  });
});

describe('the table of bad input', () => {
  it('has every parameter of every schema, at every depth', () => {
    const endpoint = endpoints.find(({ name }) => name === 'push_batch_cid')!;
    const parameters = new Set(casesOf(endpoint).map(({ parameter }) => parameter));
    const at = (name: string): string => `msg_list[0].${name}`;
    expect([...parameters]).toEqual(
      expect.arrayContaining([
        'is_async',
        'msg_list',
        ...['request_id', 'audience.cid[0]', 'settings.strategy.default', 'push_channel'].map(at),
        ...['notification.click_type', 'notification.notify_id', 'transmission', 'revoke.force'].map((name) =>
          at(`push_message.${name}`),
        ),
      ]),
    );
    expect(endpoints.flatMap(casesOf).length).toBeGreaterThan(2_000);
  });
});
