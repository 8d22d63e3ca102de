import Type from 'typebox';
import { LongwireError } from '../../common/errors.ts';
import { example } from '../../common/protocol/rest/examples.ts';
import { GivenCid, RestAlias } from '../../common/protocol/rest/fields.ts';
import { AliasData, AliasListBody, CidsData } from '../../common/protocol/rest/users.ts';
import { endpoint } from './endpoint.ts';
import { duplicate, overLimit } from './faults.ts';
import { checkOwnCids } from './targets.ts';

export const bindAliases = endpoint({
  name: 'alias_bind',
  method: 'POST',
  path: '/user/alias',
  summary: 'Bind devices to aliases, each in place of the one it had',
  body: AliasListBody,
  example: { body: { data_list: [{ cid: example.cid, alias: example.alias }] } },
  async handle(context, { app, body }) {
    const cids = body.data_list.map(({ cid }) => cid);
    checkOwnCids(context, app, cids);
    if (new Set(cids).size < cids.length) throw duplicate('cid');
    const list = body.data_list.map(({ cid, alias }) => ({ cid, alias }));
    try {
      await context.deps.userMysql.bindAliases({ app, list });
    } catch (error) {
      // An alias would have too many cids.
      if (error instanceof LongwireError && error.code === 'conflict') throw overLimit('alias');
      throw error;
    }
  },
});

export const unbindAliases = endpoint({
  name: 'alias_unbind',
  method: 'DELETE',
  path: '/user/alias',
  summary: 'Unbind devices from aliases',
  body: AliasListBody,
  example: { body: { data_list: [{ cid: example.cid, alias: example.alias }] } },
  async handle(context, { app, body }) {
    const list = body.data_list.map(({ cid, alias }) => ({ cid, alias }));
    checkOwnCids(
      context,
      app,
      list.map(({ cid }) => cid),
    );
    await context.deps.userMysql.unbindAliases({ app, list });
  },
});

export const dropAlias = endpoint({
  name: 'alias_drop',
  method: 'DELETE',
  path: '/user/alias/:alias',
  summary: 'Unbind all devices of an alias',
  params: Type.Object({ alias: RestAlias }),
  example: { params: { alias: example.alias } },
  async handle({ deps }, { app, params }) {
    await deps.userMysql.dropAlias({ app, alias: params.alias });
  },
});

export const aliasOfCid = endpoint({
  name: 'alias_of_cid',
  method: 'GET',
  path: '/user/alias/cid/:cid',
  summary: 'The alias of a device',
  params: Type.Object({ cid: GivenCid }),
  data: AliasData,
  example: { params: { cid: example.cid }, data: { alias: example.alias } },
  async handle(context, { app, params }) {
    checkOwnCids(context, app, [params.cid]);
    const { results } = await context.deps.userMysql.aliasesOf({ items: [{ app, cid: params.cid }] });
    return { alias: results[0]?.alias ?? '' };
  },
});

export const cidsOfAlias = endpoint({
  name: 'cids_of_alias',
  method: 'GET',
  path: '/user/cid/alias/:alias',
  summary: 'The devices of an alias',
  params: Type.Object({ alias: RestAlias }),
  data: CidsData,
  example: { params: { alias: example.alias }, data: { cid: [example.cid] } },
  async handle({ deps }, { app, params }) {
    const { results } = await deps.userMysql.cidsOf({ items: [{ app, alias: params.alias }] });
    return { cid: results[0]?.cids ?? [] };
  },
});
