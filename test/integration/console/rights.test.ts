import { describe, expect, test } from 'vitest';
import type { Right } from '../../../services/common/protocol/operator-calls.ts';
import type { Endpoint, Needs } from '../../../services/console/calls/endpoint.ts';
import { calls } from '../../../services/console/calls/index.ts';
import type { AnyHandler } from '../../../services/console/handlers/handler.ts';
import { ConsoleRig, pathOf, type Visitor } from './rig.ts';

const app = 'demo';

/** Who asks. */
const visitors = {
  'nobody who is signed in': null,
  'an operator without a right': [],
  'a viewer of another app': [{ right: 'viewer', app: 'other' }],
  'an admin of another app': [{ right: 'admin', app: 'other' }],
  'a viewer of the app': [{ right: 'viewer', app }],
  'a sender of the app': [{ right: 'sender', app }],
  'an admin of the app': [{ right: 'admin', app }],
  'a viewer of all': [{ right: 'viewer', app: '*' }],
  'a sender of all': [{ right: 'sender', app: '*' }],
  'an admin of all': [{ right: 'admin', app: '*' }],
} satisfies Record<string, Right[] | null>;
type Who = keyof typeof visitors;

const everybody = Object.keys(visitors) as Who[];
const [, noRight, , , viewerHere, senderHere, adminHere, viewerOfAll, senderOfAll, adminOfAll] = everybody as [
  ...[Who, Who, Who, Who, Who, Who, Who, Who, Who, Who],
];
const signedIn = everybody.slice(1);

/** Whom each need lets in, written out. */
const letIn: Record<Needs, Who[]> = {
  nothing: everybody,
  session: signedIn,
  any: signedIn.filter((who) => who !== noRight),
  viewer: [viewerHere, senderHere, adminHere, viewerOfAll, senderOfAll, adminOfAll],
  sender: [senderHere, adminHere, senderOfAll, adminOfAll],
  admin: [adminHere, adminOfAll],
  'admin of all': [adminOfAll],
};

/** What one who is not let in is told. */
function refusal(needs: Needs, who: Who): { status: number; code: string } {
  if (visitors[who] === null) return { status: 401, code: 'not_signed_in' };
  const ofApp = needs === 'viewer' || needs === 'sender' || needs === 'admin';
  // Of an app that one has no right for nothing is told, not even that there is one.
  if (ofApp && !letIn.viewer.includes(who)) return { status: 404, code: 'not_found' };
  return { status: 403, code: 'forbidden' };
}

const all = Object.entries(calls) as [string, Endpoint][];

describe('rights: every call that is declared × everybody who may ask', () => {
  let called: string[] = [];
  /** Not the calls' own handlers: who is let in is looked at here, and nothing is done. */
  const stubOf = (name: string, { live, redirects }: Endpoint): AnyHandler => {
    const answer = async () => {
      called.push(name);
      return (redirects ? { location: '/console/' } : undefined) as undefined;
    };
    return live ? { answer, watch: () => () => {} } : answer;
  };

  test('there are calls, and each names an app in its path if its right is one of an app', () => {
    expect(all.length).toBeGreaterThan(10);
    for (const [name, { needs, path }] of all) {
      const ofApp = ['viewer', 'sender', 'admin'].includes(needs);
      expect(path.includes('/:app'), name).toBe(ofApp);
    }
  });

  test('who is not let in is told no more than that, and nothing is done', { timeout: 120_000 }, async () => {
    const handlers = Object.fromEntries(all.map(([name, endpoint]) => [name, stubOf(name, endpoint)]));
    const rig = await ConsoleRig.start({}, { calls, handlers });
    const people = new Map<Who, Visitor>();
    for (const [index, who] of everybody.entries()) {
      const rights: Right[] | null = visitors[who];
      people.set(who, rights === null ? rig.anonymous() : await rig.visitor(`operator${index}`, rights));
    }
    const wrong: string[] = [];
    for (const [name, endpoint] of all) {
      const params = endpoint.path.includes(':app') ? { app } : {};
      for (const who of everybody) {
        called = [];
        const answer = await people.get(who)!.send(pathOf(endpoint, { params }), {
          method: endpoint.method,
          ...(endpoint.body ? { body: endpoint.example.body } : {}),
        });
        const isIn = letIn[endpoint.needs].includes(who);
        const expected = isIn
          ? { status: endpoint.redirects ? 302 : 204, code: undefined }
          : refusal(endpoint.needs, who);
        const told = { status: answer.status, code: answer.error?.code };
        if (JSON.stringify(told) !== JSON.stringify(expected) || called.includes(name) !== isIn) {
          wrong.push(`${name} by ${who}: ${JSON.stringify({ ...told, called })}, expected ${JSON.stringify(expected)}`);
        }
      }
    }
    expect(wrong).toEqual([]);

    const rows = await rig.auditRows({ operator: 'operator4' });
    const refused = all.filter(([, { needs }]) => !letIn[needs].includes(viewerHere)).map(([name]) => name);
    expect(refused.length).toBeGreaterThan(5);
    expect(
      rows
        .filter(({ result }) => result === 'refused')
        .map(({ action }) => action)
        .sort(),
    ).toEqual(refused.sort());
  });

  test('the live form of a call lets in whom the call lets in', async () => {
    const live = { ...calls.app, live: true as const };
    const shown = { answer: async () => undefined, watch: () => () => {} };
    const rig = await ConsoleRig.start({}, { calls: { live }, handlers: { live: shown } });
    const stranger = await rig.visitor('stranger', [{ right: 'admin', app: 'other' }]);
    expect((await stranger.send(`${pathOf(live)}/live`)).error?.code).toBe('not_found');
    expect((await rig.anonymous().send(`${pathOf(live)}/live`)).error?.code).toBe('not_signed_in');
  });
});

describe('apps that one may see', () => {
  let rig: ConsoleRig;
  const ids = ['a1', 'b2', 'c3', 'd4'];
  const list = async (visitor: Visitor, query: object = {}) => {
    const { body } = await visitor.call<{ items: { appId: string }[]; next: string | null }>('listApps', { query });
    return { ids: body.items.map(({ appId }) => appId), next: body.next };
  };

  test('a list has one’s own apps and no others, in pages', async () => {
    rig = await ConsoleRig.start();
    for (const id of ids) await rig.addApp(id);
    const some = await rig.visitor(
      'some',
      ['d4', 'b2', 'gone', 'a1'].map((id) => ({ right: 'viewer', app: id })),
    );
    expect(await list(some)).toEqual({ ids: ['a1', 'b2', 'd4'], next: null });
    expect(await list(some, { limit: 2 })).toEqual({ ids: ['a1', 'b2'], next: 'b2' });
    expect(await list(some, { limit: 2, after: 'b2' })).toEqual({ ids: ['d4'], next: 'gone' });
    const every = await rig.visitor('every', [{ right: 'viewer', app: '*' }]);
    expect(await list(every)).toEqual({ ids, next: null });
    expect(await list(every, { limit: 3, after: 'a1' })).toEqual({ ids: ['b2', 'c3', 'd4'], next: 'd4' });
  });

  test('a right is gone with the next change that is tried, and the session with the account', async () => {
    rig = await ConsoleRig.start();
    await rig.addApp(app);
    await rig.addOperator('root', [{ right: 'admin', app: '*' }]);
    const admin = await rig.visitor('admin', [{ right: 'admin', app }]);
    expect((await admin.call('changeApp', { body: { disabled: true } })).status).toBe(200);
    const { operators } = await rig.mysql.listOperators({ after: null, limit: 10 });
    const { id } = operators.find(({ name }) => name === 'admin')!;
    await rig.mysql.changeOperator({ id, rights: [{ right: 'viewer', app }] });
    expect((await admin.call('changeApp', { body: { disabled: false } })).error?.code).toBe('forbidden');
    await rig.mysql.changeOperator({ id, disabled: true });
    expect((await admin.call('changeApp', { body: { disabled: false } })).error?.code).toBe('not_signed_in');
  });
});
