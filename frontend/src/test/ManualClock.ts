interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Time that passes when a test says so. */
export class ManualClock {
  #now = Date.UTC(2026, 0, 1)
  #timers: Timer[] = []

  readonly now = (): number => this.#now

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + delayMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Runs what is due on the way, in order, with everything it sets in motion. */
  async advance(durationMs: number): Promise<void> {
    const end = this.#now + durationMs
    await settle()
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#now = Math.max(this.#now, timer.at)
      const due = timer
      this.#timers = this.#timers.filter((other) => other !== due)
      due.run()
      await settle()
    }
    this.#now = end
  }

  #next(end: number): Timer | undefined {
    const due = this.#timers.filter((timer) => timer.at <= end)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}

/** Until promises and messages that are on their way have arrived. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
