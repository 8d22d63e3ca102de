/** The product's sign: a wire that ends at a device. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect className="mark-ground" width="32" height="32" rx="8" />
      <path
        className="mark-wire"
        d="M5 19c3.500 0 4-7 7.500-7s3.500 8 7 8 3.500-6 7.500-6"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle className="mark-end" cx="27" cy="14" r="2.4" />
    </svg>
  );
}
