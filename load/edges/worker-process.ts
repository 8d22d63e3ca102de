import { fork } from 'node:child_process';
import type { FromWorker, ToWorker, WorkerTask } from '../core/messages.ts';

/** A worker process as the one that started it sees it. */
export interface WorkerProcess {
  send(message: ToWorker): void;
  /** Ends it at once. */
  kill(): void;
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<void>;
}

const script = new URL('../worker/main.ts', import.meta.url);

/** Starts a worker. Its environment has no secrets; those come with the task. */
export function startWorker(task: WorkerTask, hear: (message: FromWorker) => void): WorkerProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LONGWIRE_')));
  const child = fork(script, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.on('message', (message) => hear(message as FromWorker));
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const send = (message: ToWorker): void => {
    // One that has just ended hears nothing; that it ended is told elsewhere.
    if (child.connected) child.send(message, () => {});
  };
  send({ t: 'task', task });
  return { send, kill: () => child.kill('SIGKILL'), ended };
}
