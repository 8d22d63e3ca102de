/** The operator that is made at the first start. */
export const consoleUser = 'admin';
