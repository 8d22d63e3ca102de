/** A fault that its text explains to whoever ran the command: printed as one line, without a stack. */
export class AdminError extends Error {}
