import { LongwireError } from '../../errors.ts';

/** The broker's name for what is wrong, where it named something. */
export function faultType(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as { type?: unknown };
    if (typeof type === 'string') return type;
  }
  return undefined;
}

/** The group goes on without this member as it is: it must join anew, and must not commit. */
export function expelled(error: unknown): boolean {
  const types = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'];
  return types.includes(faultType(error) ?? '');
}

export function toBusError(what: string, error: unknown): LongwireError {
  if (error instanceof LongwireError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(faultType(error) ?? '');
  return new LongwireError(tooLarge ? 'too_large' : 'unavailable', `bus: ${what}: ${message}`, { cause: error });
}
