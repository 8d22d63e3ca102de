/** Every call of the console. Each has a handler in `handlers/index.ts`; a test walks this list, right by right. */
export const calls = {};
export type ConsoleCalls = typeof calls;
