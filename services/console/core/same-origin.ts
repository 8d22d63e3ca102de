export interface OriginHeaders {
  origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  fetchSite: string | undefined;
  host: string | undefined;
}

/**
 * Whether a request that changes something comes from the console's own pages. A browser always says where it comes from;
 * who says nothing is refused.
 */
export function isSameOrigin({ origin, fetchSite, host }: OriginHeaders, publicUrl: string | undefined): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  if (origin === undefined) return fetchSite === 'same-origin';
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  // Behind a proxy that ends TLS the scheme is not known here.
  return publicUrl === undefined ? from.host === host : from.origin === new URL(publicUrl).origin;
}
