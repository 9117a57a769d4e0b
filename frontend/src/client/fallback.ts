import type { Environment } from './environment'

const attemptsMin = 3
const pollMs = 5_000

export interface FallbackOptions {
  readonly environment: Environment
  readonly isReachable: () => Promise<boolean>
  readonly poll: () => Promise<void>
  readonly onChange: () => void
}

/** API-only mode: WebSocket is blocked on the way but REST answers, so messages travel by requests. */
export class Fallback {
  isOn = false
  readonly #options: FallbackOptions
  #isAsking = false
  #stopTimer = () => {}

  constructor(options: FallbackOptions) {
    this.#options = options
  }

  /** An attempt to connect has failed; the connection goes on trying meanwhile. */
  async consider(attempt: number): Promise<void> {
    if (this.isOn || this.#isAsking || attempt <= attemptsMin) return
    this.#isAsking = true
    const isReachable = await this.#options.isReachable()
    if (this.#isAsking && isReachable) this.#enter()
    this.#isAsking = false
  }

  /** There is a connection again, or none is wanted. */
  end(): void {
    this.#isAsking = false
    this.#stopTimer()
    if (!this.isOn) return
    this.isOn = false
    this.#options.onChange()
  }

  #enter(): void {
    this.isOn = true
    this.#options.onChange()
    void this.#poll()
  }

  async #poll(): Promise<void> {
    const { environment, poll } = this.#options
    if (!environment.isResting()) await poll().catch(() => {})
    if (this.isOn) this.#stopTimer = environment.after(pollMs, () => void this.#poll())
  }
}
