import { expect, test } from 'vitest';
import { signatureHeaders } from './signature.ts';

test('the signature is the HMAC-SHA1 of time and path with query, in base64', () => {
  // openssl: printf '1576478257344\n/configs/100004458/default/application?ip=10.0.0.1' | openssl dgst -sha1 -hmac SECRET -binary | base64
  const path = '/configs/100004458/default/application?ip=10.0.0.1';
  expect(signatureHeaders('100004458', 'df23df3f59884980844ff3dada30fa97', path, 1_576_478_257_344)).toEqual({
    authorization: 'Apollo 100004458:EoKyziXvKqzHgwx+ijDJwgVTDgE=',
    timestamp: '1576478257344',
  });
});
