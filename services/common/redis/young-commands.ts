import { Command } from 'ioredis';

/** What a command of ioredis 6.0.0 has and does, its own too. */
interface Inside {
  name: string;
  callback: unknown;
  errorStack: unknown;
  transformed: boolean;
  isResolved: boolean;
  isSettled: boolean;
  resolve: (reply: unknown) => void;
  reject: (error: Error) => void;
  promise: Promise<unknown>;
  initPromise(): void;
  stringifyArguments(): void;
  _convertValue(resolve: (reply: unknown) => void): (reply: unknown) => void;
  _clearTimers(): void;
}

const { argument: transformers } = (Command as unknown as { _transformer: { argument: Record<string, unknown> } })
  ._transformer;

/**
 * Lets V8 collect commands of ioredis with the young generation, their arguments and replies with them. A function that is written
 * in an assignment to a property is allocated in the old generation, and ioredis gives each command its `reject` so: until the next collection
 * of the whole heap each command that is over is kept, and copied twice (decision 030).
 */
export function keepCommandsYoung(): void {
  const commands = Command.prototype as unknown as Inside;
  const { initPromise } = commands;
  function init(this: Inside): void {
    // The client's own, when it connects, and commands whose arguments are transformed: none of ours.
    if (this.callback || this.errorStack || this.name in transformers) initPromise.call(this);
    else initYoung(this);
  }
  commands.initPromise = init;
}

function initYoung(command: Inside): void {
  command.isResolved = false;
  command.isSettled = false;
  command.promise = new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      command._clearTimers();
      command.isSettled = true;
      reject(error);
    };
    command.resolve = command._convertValue(resolve);
    command.reject = fail;
    if (command.transformed) return;
    command.transformed = true;
    command.stringifyArguments();
  });
}
