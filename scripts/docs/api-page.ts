import { restCodes } from '../../services/common/protocol/rest/codes.ts';
import { successText } from '../../services/common/protocol/rest/envelope.ts';
import { example } from '../../services/common/protocol/rest/examples.ts';
import { documentPath } from '../../services/im/api/api-document.ts';
import type { Endpoint } from '../../services/im/api/endpoint.ts';
import { parameterTable, pushTable, takesPush } from './parameters.ts';

/** What stands in a command line in place of an example's value: variables that the page sets, and what makes a new value. */
const variables: [value: string, shell: string][] = [
  [example.cid, '$CID'],
  [example.requestId, '$(date +%s%N)'],
  [example.nextRequestId, '$(date +%s%N)'],
  [example.singleTask, '$TASK'],
  [example.listTask, '$LIST'],
  [example.laterTask, '$LATER'],
  [example.token, '$TOKEN'],
  [example.sign, '$SIGN'],
  [example.timestamp, '$NOW'],
  [example.appKey, '$KEY'],
  [example.date, '$(date -u +%F)'],
];

const block = /<!-- call (\w+) -->\n.*?<!-- end -->/gs;
const pushBlock = /<!-- push -->\n.*?<!-- end -->/s;

/** The page with what is made of the calls' declarations made anew; the rest is written by hand. @throws Error for an unknown call */
export function apiPage(text: string, endpoints: readonly Endpoint[]): string {
  return text
    .replace(pushBlock, () => `<!-- push -->\n${pushTable()}\n<!-- end -->`)
    .replaceAll(block, (_whole, name: string) => {
      const endpoint = endpoints.find((one) => one.name === name);
      if (!endpoint) throw new Error(`there is no call ${name}`);
      return `<!-- call ${name} -->\n${callSection(endpoint)}\n<!-- end -->`;
    });
}

/** The calls that have a block on a page, in its order. */
export function callsOn(text: string): string[] {
  return [...text.matchAll(block)].map(([, name]) => name!);
}

function callSection(endpoint: Endpoint): string {
  const { method, summary, data, example: shown, codes = [] } = endpoint;
  const answer = { code: 0, msg: successText, ...(data ? { data: shown.data } : {}) };
  const further = [...new Set(codes.map((kind) => restCodes[kind].code))];
  return [
    `**\`${method} ${documentPath(endpoint)}\`** ${summary}.`,
    parameterTable(endpoint),
    takesPush(endpoint) ? 'Besides, what [every push](#pushes) has.' : '',
    `\`\`\`sh\n${curlOf(endpoint)}\n\`\`\``,
    `\`\`\`json\n${JSON.stringify(answer)}\n\`\`\``,
    further.length > 0 ? `Codes of its own: ${further.join(', ')}.` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A command line that makes the call, once the variables are set. */
export function curlOf({ method, path, open, body, example: shown }: Endpoint): string {
  const filled = path.replaceAll(/:(\w+)/g, (_whole, name: string) => [shown.params?.[name] ?? []].flat().join(','));
  const verb = method === 'GET' || (method === 'POST' && body) ? '' : ` -X ${method}`;
  const token = open ? '' : ' -H "token: $TOKEN"';
  const line = `curl -s${verb} "$BASE${withVariables(filled, (shell) => shell)}"${token}`;
  if (!body) return line;
  const json = withVariables(JSON.stringify(shown.body), (shell) => `'${shell}'`);
  return `${line} -H 'content-type: application/json' \\\n  -d '${json}'`;
}

function withVariables(text: string, quoted: (shell: string) => string): string {
  return variables.reduce((done, [value, shell]) => done.replaceAll(value, () => quoted(shell)), text);
}
