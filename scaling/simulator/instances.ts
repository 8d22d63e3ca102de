/** `maxConnections` of a cm: one that is full is not ready, and answers 503. */
const maxConnections = 15_000;

/** Instances of a role in simulated time, with the connections that each holds. */
export class Instances {
  #startS: number;
  #all: { servesFromS: number; connections: number }[] = [];

  constructor(count: number, startS: number) {
    this.#startS = startS;
    for (let number = 0; number < count; number++) this.#all.push({ servesFromS: 0, connections: 0 });
  }

  get count(): number {
    return this.#all.length;
  }

  serving(second: number): number {
    return this.#all.filter(({ servesFromS }) => servesFromS <= second).length;
  }

  connections(): number {
    return this.#all.reduce((sum, { connections }) => sum + connections, 0);
  }

  fullest(): number {
    return Math.max(...this.#all.map(({ connections }) => connections));
  }

  /** New connections go to those that serve and have room, alike; ended ones are of all, in proportion. Without room they wait. */
  connect(change: number, second: number): void {
    if (change < 0) {
      const share = Math.max(0, 1 + change / this.connections());
      for (const one of this.#all) one.connections *= share;
      return;
    }
    const open = this.#all.filter((one) => one.servesFromS <= second && one.connections < maxConnections);
    for (const one of open) {
      one.connections = Math.min(maxConnections, one.connections + change / open.length);
    }
  }

  /** The newest go first. @returns the connections that those that went had. */
  resize(count: number, second: number): number {
    while (this.#all.length < count) this.#all.push({ servesFromS: second + this.#startS, connections: 0 });
    return this.#all.splice(count).reduce((sum, { connections }) => sum + connections, 0);
  }
}
