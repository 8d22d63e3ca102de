/** One by one, so that a bundle has only those that it uses. `frames.test.ts` holds them to the server's own. */
export const logout = 1000;
export const malformed = 4400;
export const refused = 4401;
export const forbidden = 4403;
export const silent = 4408;
export const replaced = 4409;
export const tooLarge = 4413;
export const tooFast = 4429;
export const draining = 4503;
