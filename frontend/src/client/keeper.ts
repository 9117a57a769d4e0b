import type { Environment, Vault } from './environment'

const saveAfterMs = 500
const openWithinMs = 1_500

/** Keeps what a restart needs. A browser that cannot or does not answer costs the memory, nothing else. */
export class Keeper {
  readonly #environment: Environment
  readonly #collect: () => ReadonlyMap<string, unknown>
  #vault: Vault | null = null
  #stopTimer: (() => void) | null = null

  /** `collect` gives what has changed since it was asked before. */
  constructor(environment: Environment, collect: () => ReadonlyMap<string, unknown>) {
    this.#environment = environment
    this.#collect = collect
  }

  get isOpen(): boolean {
    return this.#vault !== null
  }

  async open(name: string): Promise<ReadonlyMap<string, unknown>> {
    this.#vault = this.#environment.openVault?.(name) ?? null
    return this.load()
  }

  /** Empty when there is nothing, and when it takes too long. */
  load(): Promise<ReadonlyMap<string, unknown>> {
    return new Promise((resolve) => {
      const none = () => resolve(new Map())
      if (!this.#vault) return none()
      const stopTimer = this.#environment.after(openWithinMs, none)
      this.#vault.load().then(resolve, none).finally(stopTimer)
    })
  }

  saveSoon(): void {
    this.#stopTimer ??= this.#environment.after(saveAfterMs, () => void this.save())
  }

  async save(): Promise<void> {
    this.#stopTimer?.()
    this.#stopTimer = null
    const changes = this.#collect()
    if (changes.size > 0) await this.write(changes)
  }

  /** Leaves nothing of this user on the device. */
  async clear(): Promise<void> {
    const kept = await this.load()
    await this.write(new Map([...kept.keys()].map((key) => [key, undefined])))
  }

  async write(changes: ReadonlyMap<string, unknown>): Promise<void> {
    await this.#vault?.write(changes).catch(() => {
      // Full or forbidden: the page goes on with what is in memory.
    })
  }
}
