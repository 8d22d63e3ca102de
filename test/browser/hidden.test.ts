import { hiddenPages } from './hidden.ts';

/** Long enough for a pause of a timer that is longer than 1.5 heartbeats; the five minutes themselves are in `long/`. */
hiddenPages({ seconds: 125, heartbeatSeconds: 5 });
