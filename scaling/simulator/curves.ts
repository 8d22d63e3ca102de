/** What upstreams and devices do at one moment. */
export interface Moment {
  /** Devices that want to be connected. */
  devices: number;
  /** Devices that come back a second beside those that the number above adds. */
  logins: number;
  /** Messages a second. */
  messages: number;
}

export interface Curve {
  name: string;
  title: string;
  hours: number;
  at: (second: number) => Moment;
}

const hourS = 3_600;

/** A night with a quarter of the evening's devices, and messages that come in two waves. */
const day: Curve = {
  name: 'day-curve',
  title: 'A day: 20,000 to 80,000 devices, 600 to 6,400 messages a second',
  hours: 24,
  at(second) {
    const hour = second / hourS;
    const wave = (peak: number, width: number): number => {
      const away = Math.min(Math.abs(hour - peak), 24 - Math.abs(hour - peak));
      return Math.exp(-((away / width) ** 2));
    };
    return {
      devices: 20_000 + 60_000 * Math.min(1, wave(20, 4) + 0.6 * wave(12, 4)),
      logins: 20,
      messages: 600 + 5_800 * Math.min(1, wave(19, 2.5) + 0.5 * wave(9, 2)),
    };
  },
};

/** Eight times the messages within a minute, for twenty minutes, then it fades. */
const flash: Curve = {
  name: 'flash-crowd',
  title: 'A flash crowd: 1,200 to 9,600 messages a second within a minute, for 20 minutes',
  hours: 3,
  at(second) {
    const since = second - hourS / 2;
    const rise = Math.min(1, Math.max(0, since / 60));
    const fall = Math.exp(-Math.max(0, since - 21 * 60) / 600);
    return { devices: 40_000, logins: 20, messages: 1_200 + 8_400 * rise * fall };
  },
};

/** Most devices lose their network, for ten minutes and later for forty, and all come back at once. */
const storm: Curve = {
  name: 'reconnect-storm',
  title: 'Reconnect storms: 70,000 of 80,000 devices are away for 10 min, later 40 min, and come back at once',
  hours: 4,
  at(second) {
    const awayOf = (fromS: number, forS: number): number => {
      if (second < fromS) return 0;
      return second < fromS + forS ? 70_000 : 70_000 * Math.exp(-(second - fromS - forS) / 20);
    };
    const away = awayOf(0.5 * hourS, 600) + awayOf(1.5 * hourS, 2_400);
    return { devices: 80_000 - away, logins: 20, messages: 2_000 };
  },
};

export const curves: Curve[] = [day, flash, storm];
