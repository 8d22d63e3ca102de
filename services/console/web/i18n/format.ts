export interface Format {
  /** 12,345 or, of large ones, 1.2M. */
  number(value: number): string;
  /** With three digits that count. */
  figure(value: number): string;
  /** 0.42 → 42% */
  percent(value: number): string;
  bytes(value: number): string;
  /** Date and time, to the second; the year where it is another one. */
  time(ms: number): string;
  /** To the ms: of the steps of one message. */
  exactTime(ms: number): string;
  /** 3 minutes ago, in 2 hours. */
  ago(ms: number, nowMs: number): string;
  /** 12 ms, 1.4 s, 3 min. */
  duration(ms: number): string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Numbers and times as they are written in a language. `—` where nothing is known is the caller's. */
export function formatFor(locale: string): Format {
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const time = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', ...clock });
  const timeOfYear = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', ...clock });
  const exact = new Intl.DateTimeFormat(locale, {
    ...clock,
    fractionalSecondDigits: 3,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const unit = (name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumSignificantDigits: 3 });
  const units = {
    millisecond: unit('millisecond'),
    second: unit('second'),
    minute: unit('minute'),
    hour: unit('hour'),
    day: unit('day'),
    kilobyte: unit('kilobyte'),
    megabyte: unit('megabyte'),
    gigabyte: unit('gigabyte'),
  };
  return {
    number: (value) => plain.format(value),
    figure: (value) => (Math.abs(value) >= 1_000_000 ? compact.format(value) : withThreeDigits(value, plain, three)),
    percent: (value) => percent.format(value),
    bytes(value) {
      if (value >= 1e9) return units.gigabyte.format(value / 1e9);
      return value >= 1e6 ? units.megabyte.format(value / 1e6) : units.kilobyte.format(value / 1e3);
    },
    time: (ms) => (isOfThisYear(ms) ? time : timeOfYear).format(ms),
    exactTime: (ms) => exact.format(ms),
    ago(ms, nowMs) {
      const off = ms - nowMs;
      const size = Math.abs(off);
      if (size < minute) return relative.format(Math.round(off / 1_000), 'second');
      if (size < hour) return relative.format(Math.round(off / minute), 'minute');
      return size < day
        ? relative.format(Math.round(off / hour), 'hour')
        : relative.format(Math.round(off / day), 'day');
    },
    duration(ms) {
      if (ms < 1_000) return units.millisecond.format(ms);
      if (ms < minute) return units.second.format(ms / 1_000);
      if (ms < hour) return units.minute.format(ms / minute);
      return ms < day ? units.hour.format(ms / hour) : units.day.format(ms / day);
    },
  };
}

/** Whole numbers in full, others with three digits. */
function withThreeDigits(value: number, plain: Intl.NumberFormat, three: Intl.NumberFormat): string {
  return Math.abs(value) >= 100 ? plain.format(Math.round(value)) : three.format(value);
}

function isOfThisYear(ms: number): boolean {
  return new Date(ms).getFullYear() === new Date().getFullYear();
}
