import { hiddenPages } from '../hidden.ts';

hiddenPages({ seconds: 330, heartbeatSeconds: 10 });
