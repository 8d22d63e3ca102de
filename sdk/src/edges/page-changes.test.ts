import { afterEach, expect, it, vi } from 'vitest';
import { onPageChange } from './page-changes.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('tells what happens to the page, until it is ended', () => {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  const told: string[] = [];
  const end = onPageChange({
    check: () => told.push('check'),
    suspend: () => told.push('suspend'),
    wake: () => told.push('wake'),
  });
  const fire = (target: EventTarget, type: string, fields: object = {}): string[] => {
    target.dispatchEvent(Object.assign(new Event(type), fields));
    return told.splice(0);
  };
  expect(fire(window, 'online')).toEqual(['check']);
  expect(fire(window, 'offline')).toEqual(['check']);
  expect(fire(document, 'visibilitychange')).toEqual([]);
  document.visibilityState = 'visible';
  expect(fire(document, 'visibilitychange')).toEqual(['check']);
  expect(fire(window, 'pagehide', { persisted: false })).toEqual([]);
  expect(fire(window, 'pagehide', { persisted: true })).toEqual(['suspend']);
  expect(fire(window, 'pageshow', { persisted: false })).toEqual([]);
  expect(fire(window, 'pageshow', { persisted: true })).toEqual(['wake']);
  expect(fire(document, 'freeze')).toEqual(['suspend']);
  expect(fire(document, 'resume')).toEqual(['wake']);
  end();
  expect([...fire(window, 'online'), ...fire(document, 'freeze')]).toEqual([]);
});

it('is quiet where there is no page', () => {
  expect(() => onPageChange({ check() {}, suspend() {}, wake() {} })()).not.toThrow();
});
