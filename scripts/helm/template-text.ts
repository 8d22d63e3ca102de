import { stringify } from 'yaml';

interface Mark {
  kind: 'scalar' | 'block' | 'with' | 'if';
  expression: string;
  list: boolean;
}

/**
 * Writes manifests as templates of Helm. YAML can't hold what a template says, so marks stand for it in the objects, and are
 * replaced in the text that they become.
 */
export class TemplateText {
  #marks: Mark[] = [];

  /** A value, or a part of a string. */
  scalar(expression: string): string {
    return this.#mark('scalar', expression);
  }

  /** A whole map or list, as the values have it. */
  block(expression: string): string {
    return this.#mark('block', expression);
  }

  /** A field that is there if the value is not empty: a map or list, or a string. */
  optional(field: string, expression: string, what: 'list' | 'string' = 'list'): Record<string, null> {
    return { [this.#mark('with', expression, what === 'list') + field]: null };
  }

  /** The name of a field that is there, with all that is below it, under a condition. */
  fieldIf(field: string, condition: string): string {
    return this.#mark('if', condition) + field;
  }

  /** The text of these manifests. */
  write(manifests: object[]): string {
    return manifests.map((manifest) => this.#replaced(stringify(manifest, { lineWidth: 0 }))).join('---\n');
  }

  #mark(kind: Mark['kind'], expression: string, list = false): string {
    this.#marks.push({ kind, expression, list });
    return `mark${this.#marks.length - 1}end`;
  }

  #replaced(yaml: string): string {
    const lines = yaml.trimEnd().split('\n');
    return `${this.#lines(lines).join('\n')}\n`;
  }

  #lines(lines: string[]): string[] {
    const out: string[] = [];
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at]!;
      const indent = / *(- )?/.exec(line)![0].length;
      const pad = ' '.repeat(indent);
      const [, number, field] = /^ *(?:- )?mark(\d+)end([\w.]+):/.exec(line) ?? [];
      const mark = number === undefined ? undefined : this.#marks[Number(number)]!;
      if (mark?.kind === 'with') {
        const value = mark.list ? `\n${pad}  {{- toYaml . | nindent ${indent + 2} }}` : ' {{ . | quote }}';
        out.push(`${pad}{{- with ${mark.expression} }}`, `${pad}${field}:${value}`, `${pad}{{- end }}`);
      } else if (mark?.kind === 'if') {
        const below = lines.slice(at + 1).findIndex((next) => / */.exec(next)![0].length <= indent);
        const end = below < 0 ? lines.length : at + 1 + below;
        const inner = [line.replace(`mark${number}end`, ''), ...lines.slice(at + 1, end)];
        out.push(`${pad}{{- if ${mark.expression} }}`, ...this.#lines(inner), `${pad}{{- end }}`);
        at = end - 1;
      } else {
        out.push(this.#line(line, indent));
      }
    }
    return out;
  }

  #line(line: string, indent: number): string {
    const [, start, number] = /^(.*:) mark(\d+)end$/.exec(line) ?? [];
    const whole = number === undefined ? undefined : this.#marks[Number(number)]!;
    if (whole?.kind === 'block') {
      return `${start}\n${' '.repeat(indent + 2)}{{- toYaml ${whole.expression} | nindent ${indent + 2} }}`;
    }
    return line.replaceAll(/mark(\d+)end/g, (_, found) => `{{ ${this.#marks[Number(found)]!.expression} }}`);
  }
}
