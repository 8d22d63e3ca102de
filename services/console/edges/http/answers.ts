import type { FastifyReply, FastifyRequest } from 'fastify';
import { LongwireError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/log.ts';
import { type ErrorAnswer, errorStatus } from '../../calls/errors.ts';
import { ConsoleFault } from '../../core/fault.ts';

/** Answers whatever was thrown; of what is not the caller's doing no more than that. */
export function answerFault(request: FastifyRequest, reply: FastifyReply, thrown: unknown, log: Logger): FastifyReply {
  const fault = asFault(thrown);
  const call = request.routeOptions.config.call ?? 'none';
  if (fault.code === 'internal') log.error({ err: thrown, call }, 'call failed unexpectedly');
  else log.debug({ call, code: fault.code }, 'call refused');
  if (request.routeOptions.config.redirects) return reply.redirect(`/console/sign-in?fault=${fault.code}`);
  const answer = answerOf(fault);
  const { retryAfterS } = answer.error;
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS);
  return reply.status(errorStatus[fault.code]).type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

export function answerOf({ code, reason, message, details }: ConsoleFault): ErrorAnswer {
  const { field, allowed, role, retryAfterMs, params = {} } = details;
  return {
    error: {
      code,
      message: field === undefined || code !== 'bad_request' ? message : `${field}: ${message}`,
      reason,
      params,
      ...(field === undefined ? {} : { field }),
      ...(allowed === undefined ? {} : { allowed }),
      ...(role === undefined ? {} : { role }),
      ...(retryAfterMs === undefined ? {} : { retryAfterS: Math.max(1, Math.ceil(retryAfterMs / 1_000)) }),
    },
  };
}

export function asFault(thrown: unknown): ConsoleFault {
  if (thrown instanceof ConsoleFault) return thrown;
  if (thrown instanceof LongwireError && thrown.retryable && thrown.code !== 'internal') {
    return new ConsoleFault('unavailable', 'some_role_away', { cause: thrown });
  }
  const { code, statusCode } = thrown as { code?: string; statusCode?: number };
  if (statusCode === 413) return new ConsoleFault('too_large', 'body_too_large', { field: 'body' });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new ConsoleFault('bad_request', 'no_media_type', {
      field: 'content-type',
      allowed: 'application/json',
    });
  }
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return new ConsoleFault('bad_request', 'no_such_path', { field: 'path' });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ConsoleFault('bad_request', 'not_json', { field: 'body', allowed: 'a JSON object' });
  }
  return new ConsoleFault('internal', 'unexpected', { cause: thrown });
}
