/** Why a load could not be run: printed as one line, without a stack. */
export class LoadError extends Error {}
