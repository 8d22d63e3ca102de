import Type, { type TSchema } from 'typebox';

/** What every answer is: `code` 0 and the data of the call, if it has any; or another code and what was wrong. */
export interface Envelope {
  code: number;
  msg: string;
  data?: unknown;
}

export const successText = 'success';

/**
 * The schema of an answer that succeeds, for the API document.
 *
 * @param data undefined: the call has none.
 * @param always false: there may be none.
 */
export function successOf(data: TSchema | undefined, always: boolean) {
  const head = { code: Type.Literal(0), msg: Type.Literal(successText) };
  return data ? Type.Object({ ...head, data: always ? data : Type.Optional(data) }) : Type.Object(head);
}

/** The schema of an answer with one of these codes, for the API document. */
export function failureOf(codes: readonly number[]) {
  return Type.Object({ code: Type.Enum([...codes]), msg: Type.String({ description: 'What was wrong' }) });
}
