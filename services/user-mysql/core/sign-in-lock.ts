/** Tries in a row after which a name is locked, and an address. */
export const maxTries = { name: 10, address: 50 };
/** How long it is locked, and how long tries count after the last one. */
const lockMs = 900_000;
const memoryMs = 3_600_000;

/** Tries of a name or an address since the last success. */
export interface Tries {
  tries: number;
  lastAt: number;
  lastTry: string;
  lockedUntil: number;
}

export const noTries: Tries = { tries: 0, lastAt: 0, lastTry: '', lockedUntil: 0 };

/** Until when it is locked; undefined: it isn't. The try that it was locked by goes on, also when it is repeated. */
export function lockedUntil({ lockedUntil, lastTry }: Tries, attempt: string, now: number): number | undefined {
  return lockedUntil > now && lastTry !== attempt ? lockedUntil : undefined;
}

/** After one more try, which counts before anybody knows whether it is right: no burst of tries gets more than there are. */
export function counted(before: Tries, attempt: string, most: number, now: number): Tries {
  if (before.lastTry === attempt) return before;
  const over = now - before.lastAt > memoryMs || (before.lockedUntil !== 0 && before.lockedUntil <= now);
  const tries = (over ? 0 : before.tries) + 1;
  return { tries, lastAt: now, lastTry: attempt, lockedUntil: tries >= most ? now + lockMs : 0 };
}
