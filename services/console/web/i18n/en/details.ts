import type { CallbackFailure } from '../../../../common/protocol/callback-calls.ts';
import { type Reason, reasonTexts } from '../../../calls/reasons.ts';

/** Why something is wrong. */
export const reasons: Readonly<Record<Reason, string>> = reasonTexts;

type Texts = Readonly<Record<string, string>> | null;

/** By what schemas say of the forms of texts; null: that is English already. */
export const forms: Texts = null;

/** What a configuration key is, by `role.key` or `key`; null: as its role says it. */
export const settingTexts: Texts = null;

/** Why an upstream's callback was not answered; null: as the instance of im says it. */
export const callbackFailures: Readonly<Record<CallbackFailure, string>> | null = null;

/** What is wrong with a key that the config centre has, by its name and what it has; null: as the instance says it. */
export const refusedKey: ((key: string, got: string | undefined) => string) | null = null;

/** What an instance says is not well with it, by its words; null: as it says it. */
export const instanceFaults: readonly (readonly [RegExp, string])[] | null = null;
