import { createClient } from '../../../services/common/rpc/client.ts';
import type { Calls, Client } from '../../../services/common/rpc/contract.ts';
import { faultOfCall } from '../faults.ts';

/** Where a role takes internal calls, and what opens it. */
export interface Place {
  url: string;
  secret: string;
}

/** Asks a role; nothing stays open behind it. @throws CliError that names the role */
export async function ask<C extends Calls, Answer>(
  role: string,
  contract: C,
  place: Place,
  work: (calls: Client<C>) => Promise<Answer>,
): Promise<Answer> {
  const client = createClient(contract, place);
  try {
    return await work(client.calls);
  } catch (error) {
    throw faultOfCall(role, error);
  } finally {
    await client.close();
  }
}
