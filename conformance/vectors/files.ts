import { closeCodes, errorCodesOfFrames, subprotocol } from '../../services/common/protocol/device-frames.ts';
import { clientFrameVectors, serverFrameVectors } from './frames.ts';
import { sequences } from './sequences.ts';
import { signatureVectors } from './signatures.ts';

/** The files of test/vectors, by name: what each holds. */
export function vectorFiles(): Map<string, string> {
  const files = {
    'frames.json': {
      what: 'Frames of both sides, right and wrong. Of a client: what a server answers to the wrong ones. Of a server: an SDK passes over the wrong ones',
      frames: [...clientFrameVectors(), ...serverFrameVectors()],
    },
    'signatures.json': {
      what: 'sign = hex HMAC-SHA256(key appSecret, text), both as UTF-8',
      signatures: signatureVectors(),
    },
    'sequences.json': {
      what: 'Frames of one device in their order; conformance/vectors/sequences.ts says how steps are read',
      closeCodes,
      errorCodes: errorCodesOfFrames,
      sequences,
    },
  };
  return new Map(
    Object.entries(files).map(([name, content]) => [
      name,
      `${JSON.stringify({ protocol: subprotocol, ...content }, null, 2)}\n`,
    ]),
  );
}
