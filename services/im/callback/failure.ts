import { LongwireError } from '../../common/errors.ts';
import type { CallbackFailure } from '../../common/protocol/callback-calls.ts';

/** By the codes of the network, of TLS and of undici. */
const kinds: [RegExp, CallbackFailure][] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'no_host'],
  [/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'timeout'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'closed'],
  [/CERT|^ERR_TLS_|^ERR_SSL_|^EPROTO$|SIGNATURE|ISSUER/, 'certificate'],
];

/** What kind of failure left a callback without an answer. */
export function failureOf(error: unknown): CallbackFailure {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = firstCause(at), depth++) {
    if (at instanceof LongwireError && at.code === 'bad_request') return 'address';
    if (at.name === 'TimeoutError') return 'timeout';
    const { code } = at as { code?: unknown };
    const kind = typeof code === 'string' ? kinds.find(([pattern]) => pattern.test(code))?.[1] : undefined;
    if (kind) return kind;
  }
  return 'other';
}

/** Of several addresses that were tried, the first tells. */
function firstCause(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
