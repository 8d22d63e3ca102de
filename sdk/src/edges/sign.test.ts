import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { signRegistration, signWith } from './sign.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('signing a registration', () => {
  it('is HMAC-SHA256 with the app secret over appId, ts and nonce', async () => {
    const frame = await signRegistration('app', { platform: 'web' }, 1_700_000_000_000, signWith('sécret'));
    const text = `app\n1700000000000\n${frame.nonce}`;
    expect(frame.sign).toBe(createHmac('sha256', 'sécret').update(text).digest('hex'));
    expect(frame.nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(frame).toMatchObject({ t: 'register', appId: 'app', ts: 1_700_000_000_000, device: { platform: 'web' } });
  });

  it('takes a nonce of its own each time', async () => {
    const sign = signWith('secret');
    const frames = await Promise.all(
      Array.from({ length: 20 }, () => signRegistration('app', { platform: 'web' }, 1, sign)),
    );
    expect(new Set(frames.map(({ nonce }) => nonce)).size).toBe(20);
  });

  it('asks the app where it signs by itself', async () => {
    const frame = await signRegistration('app', { platform: 'web' }, 5, ({ appId, ts, nonce, text }) => {
      expect(text).toBe(`${appId}\n${ts}\n${nonce}`);
      return ` ${'AB'.repeat(32)}\n`;
    });
    expect(frame.sign).toBe('ab'.repeat(32));
  });

  it.each(['<html>502 Bad Gateway</html>', '', 'ab'.repeat(31), undefined])(
    'takes %j for no signature',
    async (answer) => {
      const signing = signRegistration('app', { platform: 'web' }, 5, () => answer as string);
      await expect(signing).rejects.toMatchObject({ code: 'sign_failed' });
    },
  );

  it('takes random nonces where there is no WebCrypto at all', async () => {
    vi.stubGlobal('crypto', undefined);
    const frames = await Promise.all(
      Array.from({ length: 20 }, () => signRegistration('app', { platform: 'web' }, 1, () => 'ab'.repeat(32))),
    );
    expect(new Set(frames.map(({ nonce }) => nonce)).size).toBe(20);
    expect(frames[0]!.nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says what to do where WebCrypto is missing', async () => {
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes });
    const signing = signRegistration('app', { platform: 'web' }, 1, signWith('secret'));
    await expect(signing).rejects.toMatchObject({ code: 'no_webcrypto', message: expect.stringContaining('HTTPS') });
  });
});
