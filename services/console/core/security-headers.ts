/**
 * What every answer says to browsers: nothing from elsewhere is loaded, run or asked, nobody shows the pages in a frame.
 *
 * @param deviceUrl where virtual devices connect: the only address outside that pages may reach.
 */
export function securityHeaders(deviceUrl: string | undefined): Record<string, string> {
  const devices = deviceUrl === undefined ? '' : ` ${new URL(deviceUrl).origin}`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${devices}`,
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}
