import type { FastifyInstance } from 'fastify';
import { type InstanceSettings, settingsCalls } from '../protocol/settings-calls.ts';
import { serveCalls } from './server.ts';

/** Answers what configuration this instance has, at its ops port. */
export function serveSettings(
  ops: FastifyInstance,
  settings: () => InstanceSettings,
  { internalSecrets: secrets }: Readonly<{ internalSecrets: string[] }>,
): void {
  serveCalls(ops, settingsCalls, { settings: async () => settings() }, { secrets });
}
