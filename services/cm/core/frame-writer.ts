const [finalText, finalClose, finalPing, finalPong] = [0x81, 0x88, 0x89, 0x8a];
const maxReasonBytes = 123;
const encoder = new TextEncoder();

/**
 * A whole WebSocket text frame as a server sends it (RFC 6455, 5.2: final, not masked): encoded once, the same bytes go to
 * every socket.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame[0] = finalText;
  if (headerBytes === 2) frame[1] = length;
  else if (headerBytes === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headerBytes);
  return frame;
}

/** A WebSocket ping without a payload. */
export const pingFrame = Buffer.from([finalPing, 0]);

/** @param payload of a ping: 125 bytes at the most. */
export function pongFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([finalPong, payload.length]), payload]);
}

/** @param code undefined: none is named. @param reason of more than 123 bytes its first characters go. */
export function closeFrame(code: number | undefined, reason = ''): Buffer {
  if (code === undefined) return Buffer.from([finalClose, 0]);
  const frame = Buffer.alloc(4 + maxReasonBytes);
  const { written } = encoder.encodeInto(reason, frame.subarray(4));
  frame[0] = finalClose;
  frame[1] = 2 + written;
  frame.writeUInt16BE(code, 2);
  return frame.subarray(0, 4 + written);
}
