import { randomBytes } from 'node:crypto';
import type { App } from '../../../services/common/protocol/app.ts';
import { type AppSummary, type appCalls, maxListedApps } from '../../../services/common/protocol/app-calls.ts';
import type { AppChannel, appChannelCalls } from '../../../services/common/protocol/app-channel-calls.ts';
import type { BusAdminCalls } from '../../../services/common/protocol/bus-admin-calls.ts';
import type { Run } from '../../../services/common/protocol/rebalance-calls.ts';
import type { UserMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import type { Client } from '../../../services/common/rpc/contract.ts';
import { CliError, faultOfCall } from '../faults.ts';
import type { BusCommand, ChannelCommand, Command } from './command.ts';
import { readCredentials } from './credentials.ts';

export type AdminCalls = Pick<
  Client<UserMysqlCalls>,
  keyof typeof appCalls | Exclude<keyof typeof appChannelCalls, 'appCredentials'> | 'app'
>;

/** One app as it is after the command, all apps in short, what the bus answers, or how a run over the cms ended; `done` names what has no answer. */
export type Outcome =
  | { app: App }
  | { apps: AppSummary[] }
  | { channels: AppChannel[] }
  | { channel: AppChannel }
  | Awaited<ReturnType<Client<BusAdminCalls>['busGroups' | 'deadLetters' | 'deadLetter']>>
  | { run: Run }
  | { done: string };

/** @throws CliError where there is no such app, or user-mysql doesn't answer. */
export async function runCommand(
  calls: AdminCalls,
  bus: Client<BusAdminCalls>,
  command: Command | BusCommand,
  readFile: (name: string) => string,
): Promise<Outcome> {
  try {
    if (isForBus(command)) return await runBusCommand(bus, command);
    if (command.do === 'list') return { apps: await listAll(calls) };
    if (isForChannels(command)) return await runChannelCommand(calls, command, readFile);
    const app = await oneApp(calls, command);
    if (app === null) throw new CliError('failed', `there is no app ${'appId' in command ? command.appId : ''}`);
    return { app };
  } catch (error) {
    throw faultOfCall('user-mysql', error);
  }
}

function isForBus(command: Command | BusCommand): command is BusCommand {
  return ['bus-groups', 'forget-group', 'dead-letters', 'dead-letter'].includes(command.do);
}

function isForChannels(command: Command): command is ChannelCommand {
  return ['channels', 'set-channel', 'remove-channel'].includes(command.do);
}

async function runChannelCommand(
  calls: AdminCalls,
  command: ChannelCommand,
  readFile: (name: string) => string,
): Promise<Outcome> {
  const { appId } = command;
  switch (command.do) {
    case 'channels':
      return calls.appChannels({ appId });
    case 'set-channel':
      return calls.setAppChannel({ appId, channel: readCredentials(command.kind, readFile(command.file)) });
    case 'remove-channel':
      await calls.removeAppChannel({ appId, kind: command.kind });
      return { done: `app ${appId} sends by ${command.kind} no more, within a minute` };
  }
}

async function runBusCommand(bus: Client<BusAdminCalls>, command: BusCommand): Promise<Outcome> {
  switch (command.do) {
    case 'bus-groups':
      return bus.busGroups({});
    case 'forget-group': {
      const { topic, group } = command;
      await bus.forgetBusGroup({ topic, group });
      return { done: `group ${group} is forgotten: nothing of ${topic} is kept for it` };
    }
    case 'dead-letters':
      return bus.deadLetters({});
    case 'dead-letter': {
      const { id, action } = command;
      if (action === 'put-back') {
        await bus.putBackDeadLetter({ id });
        return { done: `the record of dead letter ${id} is on its topic again, behind all others of its partition` };
      }
      if (action === 'drop') {
        await bus.dropDeadLetter({ id });
        return { done: `dead letter ${id} is dropped` };
      }
      const found = await bus.deadLetter({ id });
      if (found.letter === null) throw new CliError('failed', `there is no dead letter ${id}`);
      return found;
    }
  }
}

async function oneApp(
  calls: AdminCalls,
  command: Exclude<Command, ChannelCommand | { do: 'list' }>,
): Promise<App | null> {
  switch (command.do) {
    case 'create': {
      const made = { appKey: secret(), masterSecret: secret(), appSecret: secret(), name: command.name };
      return (await calls.createApp({ appId: randomBytes(12).toString('hex'), ...made, disabled: false })).app;
    }
    case 'show':
      return (await calls.app({ appId: command.appId })).app;
    case 'rotate-secret': {
      const { appId, graceMs } = command;
      let app: App | null = null;
      for (const which of command.which) {
        ({ app } = await calls.rotateSecret({ appId, which, secret: secret(), graceMs }));
      }
      return app;
    }
    case 'change': {
      const { do: _do, ...change } = command;
      return (await calls.changeApp(change)).app;
    }
  }
}

async function listAll(calls: AdminCalls): Promise<AppSummary[]> {
  const all: AppSummary[] = [];
  for (;;) {
    const { apps } = await calls.listApps({ after: all.at(-1)?.appId ?? '', limit: maxListedApps });
    all.push(...apps);
    if (apps.length < maxListedApps) return all;
  }
}

function secret(): string {
  return randomBytes(16).toString('hex');
}
