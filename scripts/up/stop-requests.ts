const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Ctrl-C may arrive twice, from the terminal and passed on by the process that started this one: that is one request. */
const oneRequestMs = 500;

/** Resolve when somebody wants this process to stop, and when somebody is tired of waiting for it. */
export interface StopRequests {
  first: Promise<void>;
  hurry: Promise<void>;
}

/** Listens to signals, and to the end of the process that started this one with a channel to it. */
export function listenForStop(now: () => number = Date.now): StopRequests {
  const first = Promise.withResolvers<void>();
  const hurry = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const onRequest = (): void => {
    firstAt ??= now();
    if (now() - firstAt < oneRequestMs) first.resolve();
    else hurry.resolve();
  };
  for (const signal of signals) process.on(signal, onRequest);
  process.once('disconnect', () => first.resolve());
  return { first: first.promise, hurry: hurry.promise };
}
