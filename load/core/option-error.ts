/** A fault in what was given: one line that names the option, what is wrong with it and what is allowed. */
export class OptionError extends Error {}
