export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'busy';

/** A state: its colour, a shape of its own, and the word. */
export function Status({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span className={`status status-${tone}`}>
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        <path d={shapes[tone]} fill="currentColor" />
      </svg>
      {text}
    </span>
  );
}

/** A disc, a triangle, a square on its corner, a ring, half a disc. */
const shapes: Record<Tone, string> = {
  good: 'M5 0.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9Z',
  warn: 'M5 0.500 9.800 9.300H0.200Z',
  bad: 'M5 0 10 5 5 10 0 5Z',
  idle: 'M5 0.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9ZM5 2.200a2.800 2.800 0 1 0 0 5.600a2.800 2.800 0 1 0 0-5.600Z',
  busy: 'M5 0.500a4.500 4.500 0 1 1 0 9Z',
};
