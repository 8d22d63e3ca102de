import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlOf } from '../../../scripts/docs/api-page.ts';
import { runCurl } from '../../../scripts/up/testing/curl-arguments.ts';
import { endpoints } from '../../../services/im/api/endpoints.ts';
import { WorkingExamples } from './inputs/examples.ts';
import { ApiRig } from './rig.ts';

const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');

describe('the command lines of docs/api.md', () => {
  let rig: ApiRig;
  let examples: WorkingExamples;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    examples = new WorkingExamples(rig);
  });
  afterAll(() => rig.stop());

  it.each(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))(
    '%s works in a shell',
    async (_name, endpoint) => {
      const line = curlOf(endpoint);
      expect(page).toContain(line);
      const answer = await runCurl(line, examples.shellVariables());
      expect(await answer.json()).toMatchObject({ code: 0, msg: 'success' });
    },
  );
});
