import type { ConsoleCalls } from '../calls/index.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

/** Answers every call of the console. */
export function createHandlers(_deps: HandlerDeps): Handlers<ConsoleCalls> {
  return {};
}
