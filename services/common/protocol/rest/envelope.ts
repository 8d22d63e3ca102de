import Type, { type TSchema } from 'typebox';

/** What every answer is: `code` 0 and the data of the call, if it has any; or another code and what was wrong. */
export interface Envelope {
  code: number;
  msg: string;
  data?: unknown;
}

export const successText = 'success';

/** The schema of an answer, for the API document. */
export function envelopeOf(data?: TSchema) {
  const head = { code: Type.Integer(), msg: Type.String() };
  return data ? Type.Object({ ...head, data: Type.Optional(data) }) : Type.Object(head);
}
