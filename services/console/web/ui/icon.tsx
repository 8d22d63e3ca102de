/** Strokes on a field of 20 × 20. */
const paths = {
  overview: 'M3 11.5 6.5 8l3 3L17 4M3 17h14M12.500 4H17v4.500',
  topology:
    'M4 7.500A2 2 0 1 0 4 3.500a2 2 0 0 0 0 4ZM16 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM4 16.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM6 6l8 3.200M6 14l8-3.200',
  settings: 'M3 6h6M13 6h4M3 14h3M10 14h7M11 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  send: 'M17 3 9 11M17 3l-5 14-3-6-6-3 14-5Z',
  tasks: 'M8 5h9M8 10h9M8 15h9M3.500 5l.8.8L6 4M3.500 10l.8.8L6 9M3.500 15l.8.8L6 14',
  devices:
    'M7 2.500h6A1.500 1.500 0 0 1 14.500 4v12a1.500 1.500 0 0 1-1.500 1.500H7A1.500 1.500 0 0 1 5.500 16V4A1.500 1.500 0 0 1 7 2.500ZM9 15h2',
  virtual:
    'M9 2.500h5A1.500 1.500 0 0 1 15.500 4v12a1.500 1.500 0 0 1-1.500 1.500H9M2.500 7.500l2 2.500-2 2.500M7 10H4.500M12 15h.500',
  app: 'M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM13.500 11v5M11 13.500h5',
  details: 'M5 3h10v14H5zM8 7h4M8 10h4M8 13h2',
  operators:
    'M8 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 17c0-3 2.500-5 5.500-5s5.500 2 5.500 5M13 3.500a3 3 0 0 1 0 5.200M15 12.500c1.500.8 2.500 2.500 2.500 4.500',
  audit: 'M10 2.500 16 5v5c0 3.500-2.500 6-6 7.500C6.500 16 4 13.500 4 10V5l6-2.500ZM7.500 10l2 2 3.500-4',
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  more: 'M4.500 10h.01M10 10h.01M15.500 10h.01',
  close: 'M5 5l10 10M15 5 5 15',
  down: 'M5.500 8l4.500 4.500L14.500 8',
  left: 'M12 5l-5 5 5 5',
  plus: 'M10 4v12M4 10h12',
  copy: 'M7 7V4h9v9h-3M4 7h9v9H4z',
  check: 'M4 10.500l4 4 8-9',
  warn: 'M10 3 18 16.500H2L10 3ZM10 8v4M10 14.200v.1',
  person:
    'M10 9.500a3.200 3.200 0 1 0 0-6.500 3.200 3.200 0 0 0 0 6.500ZM3.500 17c0-3.200 3-5.200 6.500-5.200s6.500 2 6.500 5.200',
  search: 'M9 14.500A5.500 5.500 0 1 0 9 3.500a5.500 5.500 0 0 0 0 11ZM13 13l4 4',
  refresh: 'M16 8A6.500 6.500 0 0 0 4.500 6M4 3v3.500h3.500M4 12a6.500 6.500 0 0 0 11.500 2M16 17v-3.500h-3.500',
  bell: 'M5 13.500V9a5 5 0 0 1 10 0v4.500l1.200 1.500H3.800L5 13.500ZM8.500 17h3',
  inbox: 'M3 11l2-7h10l2 7v5H3v-5ZM3 11h4l1 2h4l1-2h4',
} as const;

export type IconName = keyof typeof paths;

/** Says nothing to those who don't see it: words stand beside it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === 'more' ? 2.6 : 1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
