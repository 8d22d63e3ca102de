import { example } from '../../common/protocol/rest/examples.ts';
import { ListAliasBody, ListCidBody, ListData, type ListStatus } from '../../common/protocol/rest/push-list.ts';
import { endpoint } from './endpoint.ts';
import { duplicate } from './faults.ts';
import { findListMessage } from './saved-message.ts';
import { sendList, sendListAsTask } from './send-list.ts';
import { isOwnCid } from './targets.ts';

export const pushListCid = endpoint({
  name: 'push_list_cid',
  method: 'POST',
  path: '/push/list/cid',
  summary: 'Push a saved message to up to 1000 devices',
  body: ListCidBody,
  data: ListData,
  codes: ['listPerDay', 'queueFull'],
  example: {
    body: { taskid: example.listTask, is_async: false, audience: { cid: [example.cid] } },
    data: { [example.listTask]: { [example.cid]: 'successed_online' } },
  },
  async handle(context, { app, body }) {
    const given = body.audience.cid;
    if (new Set(given).size < given.length) throw duplicate('cid');
    const saved = await findListMessage(context, app, body.taskid);
    const own = given.filter((cid) => isOwnCid(context, app, cid));
    if (body.is_async) {
      if (own.length > 0) await sendListAsTask(context, saved, { cids: own });
      return undefined;
    }
    const statuses = await sendList(context, saved, { cids: own }, own);
    return { [saved.task]: byName(given, (cid) => statuses.get(cid) ?? 'not_found') };
  },
});

export const pushListAlias = endpoint({
  name: 'push_list_alias',
  method: 'POST',
  path: '/push/list/alias',
  summary: 'Push a saved message to the devices of up to 1000 aliases',
  body: ListAliasBody,
  data: ListData,
  codes: ['listPerDay', 'queueFull'],
  example: {
    body: {
      taskid: example.listTask,
      is_async: false,
      need_alias_detail: true,
      audience: { alias: [example.alias] },
    },
    data: { [example.listTask]: { [example.alias]: { [example.cid]: 'successed_online' } } },
  },
  async handle(context, { app, body }) {
    const aliases = body.audience.alias;
    if (new Set(aliases).size < aliases.length) throw duplicate('alias');
    const saved = await findListMessage(context, app, body.taskid);
    if (body.is_async) {
      await sendListAsTask(context, saved, { aliases });
      return undefined;
    }
    const { results } = await context.deps.userMysql.cidsOf({ items: aliases.map((alias) => ({ app, alias })) });
    const found = new Map(aliases.map((alias, index) => [alias, results[index]?.cids ?? []]));
    const cids = [...new Set([...found.values()].flat())];
    const statuses = await sendList(context, saved, { aliases }, cids);
    const statusOf = (cid: string): ListStatus => statuses.get(cid) ?? 'not_found';
    if (body.need_alias_detail) {
      return { [saved.task]: byName(aliases, (alias) => byName(found.get(alias) ?? [], statusOf)) };
    }
    const unknown = aliases.filter((alias) => found.get(alias)?.length === 0);
    // The devices' own statuses last: an alias may look like a cid.
    return { [saved.task]: { ...byName(unknown, () => 'not_found' as const), ...byName(cids, statusOf) } };
  },
});

function byName<Value>(names: string[], valueFor: (name: string) => Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, valueFor(name)]));
}
