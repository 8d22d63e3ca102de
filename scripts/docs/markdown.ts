import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Page {
  /** From the project's folder. */
  path: string;
  text: string;
}

const skipped = ['node_modules', 'dist', '.longwire', '.cache', '.git'];

/** Every Markdown page of the project. */
export function pagesOf(root: string): Page[] {
  return globSync('**/*.md', { cwd: root, exclude: (name) => skipped.includes(basename(name)) })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Targets of a page's links, those in code left out. */
export function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
}

/** Names by which links reach a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  return [...withoutCode(text, ['block']).matchAll(/^#{1,6} +(.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Paths of files that a page names as code: with a folder and an ending, and nothing that stands for something else. */
export function filesNamedIn(text: string): string[] {
  const pattern = /`((?:services|sdk|scripts|test|docs|docker|k8s)\/[\w./-]+\.\w+)`/g;
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))];
}

function withoutCode(text: string, parts = ['block', 'span']): string {
  const bare = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  return parts.includes('span') ? bare.replaceAll(/`[^`\n]*`/g, '') : bare;
}
