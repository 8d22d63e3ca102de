import { type Figures, type Pressure, type Recommendation, recommend } from './figures.ts';
import { type Behavior, type History, type Limits, noHistory, pace } from './pace.ts';

/** All that decides how many instances a role gets. */
export interface Plan {
  figures: Figures;
  behavior: Behavior;
  limits: Limits;
}

export interface Decision extends Recommendation {
  replicas: number;
}

/** Decides for one role, again and again, and remembers what it has to. */
export class Scaler {
  readonly plan: Plan;
  #history: History = noHistory;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  decide(pressure: Pressure, nowMs: number): Decision {
    const { figures, behavior, limits } = this.plan;
    const recommendation = recommend(figures, pressure);
    const state = { current: pressure.current, wanted: recommendation.wanted, nowMs };
    const { history, replicas } = pace(this.#history, behavior, limits, state);
    this.#history = history;
    return { ...recommendation, replicas };
  }
}
