import { type Right, rightNames } from '../../common/protocol/operator-calls.ts';

/** `group=right:app`, as the configuration has it: `longwire-admins=admin:*`, `shop-team=sender:shop`. */
export const mappingPattern = '^[^=]{1,128}=(viewer|sender|admin):(\\*|[A-Za-z0-9_-]{1,64})$';

/** Values of one claim that are looked at. */
const maxValues = 1_000;

/** The rights of whoever has these values in a claim, a list or one text. Nothing fits: no rights, and no way in. */
export function rightsOf(claim: unknown, mappings: readonly string[]): Right[] {
  const values = new Set(
    (Array.isArray(claim) ? claim : [claim]).slice(0, maxValues).filter((one) => typeof one === 'string'),
  );
  return mappings.flatMap((mapping) => {
    const [, value, right, app] = /^([^=]+)=([a-z]+):(.+)$/.exec(mapping) ?? [];
    const known = rightNames.find((one) => one === right);
    return value !== undefined && known && app !== undefined && values.has(value) ? [{ right: known, app }] : [];
  });
}
