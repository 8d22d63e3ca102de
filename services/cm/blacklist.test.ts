import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { LongwireError } from '../common/errors.ts';
import { Blacklist } from './blacklist.ts';
import { createNode, self } from './testing/node-rig.ts';

const cid = 'c'.repeat(32);
const log = pino({ level: 'silent' });
const away = async (): Promise<never> => {
  throw new LongwireError('unavailable', 'no instance answers');
};

describe('the kept blacklist', () => {
  function blacklistOf(kept: string[], faults: { ask?: boolean; mark?: boolean } = {}) {
    const marked: string[] = [];
    const blacklist = new Blacklist(
      {
        blacklisted: faults.ask
          ? away
          : async ({ items }) => ({
              results: items.map((item) => ({ blacklisted: kept.includes(`${item.app}/${item.cid}`) })),
            }),
      },
      {
        markBlacklisted: faults.mark
          ? away
          : async ({ items }) => {
              marked.push(...items.filter((item) => item.blacklisted).map((item) => item.cid));
              return { results: items.map(() => ({ connection: null })) };
            },
      },
      log,
    );
    return { blacklist, marked };
  }

  test('a device that is in it gets its mark again; another one does not', async () => {
    const { blacklist, marked } = blacklistOf([`a/${cid}`]);
    expect(await blacklist.has('a', cid)).toBe(true);
    expect(await blacklist.has('b', cid)).toBe(false);
    expect(marked).toEqual([cid]);
  });

  test('lets in while it cannot be asked, and refuses though the mark cannot be set', async () => {
    expect(await blacklistOf([`a/${cid}`], { ask: true }).blacklist.has('a', cid)).toBe(false);
    expect(await blacklistOf([`a/${cid}`], { mark: true }).blacklist.has('a', cid)).toBe(true);
  });
});

describe('a blacklisted device', () => {
  test.each(['marked', 'kept'] as const)(
    'that is %s is refused at login with 4403, and no route stays',
    async (how) => {
      const node = createNode();
      node.queues.add(cid, 3);
      if (how === 'marked') node.queues.blacklist.add(cid);
      else node.state.blacklist.add(cid);
      const device = node.open();
      node.login(device, cid);
      await waitFor('the close', () => device.wire.closes.length > 0);
      expect(device.wire.closes).toMatchObject([{ code: 4403 }]);
      expect(device.wire.frames('error')).toMatchObject([{ code: 'forbidden' }]);
      expect(device.wire.frames('welcome')).toEqual([]);
      expect(device.wire.seqs()).toEqual([]);
      await waitFor('no route', () => !node.queues.routes.has(cid));
      expect(node.state.receipts).toEqual([]);
    },
  );

  test('that was let in is not asked for again: something is known of it', async () => {
    const node = createNode();
    const first = node.open();
    node.login(first, cid);
    await waitFor('the welcome', () => first.wire.frames('welcome').length === 1);
    node.state.blacklist.add(cid);
    const second = node.open();
    node.login(second, cid);
    await waitFor('the welcome', () => second.wire.frames('welcome').length === 1);
  });

  test('whose kick got lost is kicked when it attaches again', async () => {
    const node = createNode();
    const device = node.open();
    node.login(device, cid);
    await waitFor('the welcome', () => device.wire.frames('welcome').length === 1);
    expect(node.queues.routes.get(cid)).toEqual({ node: self.node, boot: self.boot, conn: device.link.id });
    node.queues.blacklist.add(cid);
    expect(await node.sessions.reattach(device.link)).toBe(false);
    expect(device.wire.frames('kick')).toEqual([{ t: 'kick', reason: 'blacklisted' }]);
    expect(device.wire.closes).toMatchObject([{ code: 4403 }]);
  });
});
