import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LongwireError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/log.ts';
import { type RestCode, restCodes } from '../../../common/protocol/rest/codes.ts';
import { type Envelope, successText } from '../../../common/protocol/rest/envelope.ts';
import { JsonText } from '../../api/endpoint.ts';
import { ApiFault, busy, invalid, overLimit } from '../../api/faults.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** How it was answered, for metrics. */
    answeredWith: RestCode;
  }
}

export const jsonType = 'application/json; charset=utf-8';

const withoutData = JSON.stringify({ code: restCodes.ok.code, msg: successText } satisfies Envelope);
const beforeData = `${withoutData.slice(0, -1)},"data":`;

/** The answer to a call that was done, as JSON. */
export function success(data: unknown): string {
  if (data === undefined || data === null) return withoutData;
  return `${beforeData}${data instanceof JsonText ? data.text : JSON.stringify(data)}}`;
}

export function answerFault(request: FastifyRequest, reply: FastifyReply, thrown: unknown, log: Logger): FastifyReply {
  const fault = faultOf(thrown);
  request.answeredWith = fault.kind;
  if (fault.kind === 'internal') log.error({ err: thrown }, 'call failed unexpectedly');
  const { code, status } = restCodes[fault.kind];
  return reply
    .status(status)
    .header('content-type', jsonType)
    .send({ code, msg: fault.message } satisfies Envelope);
}

/** Answers what isn't HTTP, on the bare socket, and closes it. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, status } = restCodes.parameter;
  const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const body = JSON.stringify({ code, msg: (tooLong ? overLimit('header') : invalid('request')).message });
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nContent-Type: ${jsonType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** What a caller is told of whatever was thrown; of what is not his doing no more than that. */
function faultOf(thrown: unknown): ApiFault {
  if (thrown instanceof ApiFault) return thrown;
  if (thrown instanceof LongwireError) {
    return thrown.retryable && thrown.code !== 'internal' ? busy(thrown) : unexpected(thrown);
  }
  const { code, statusCode } = thrown as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return busy(thrown);
  if (code === 'FST_ERR_BAD_URL') return invalid('path');
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return overLimit('path');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return invalid('request');
  return unexpected(thrown);
}

function unexpected(cause: unknown): ApiFault {
  return new ApiFault('internal', 'internal error', cause);
}
