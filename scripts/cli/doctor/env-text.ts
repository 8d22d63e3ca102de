/** The variables of a file as systemd (EnvironmentFile) and engines of containers (--env-file) read it: NAME=VALUE a line, `#` and `;` are comments. */
export function variablesIn(text: string): NodeJS.ProcessEnv {
  const found: NodeJS.ProcessEnv = {};
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) found[name] = value.replace(/^(["'])(.*)\1$/s, '$2');
  }
  return found;
}
