import type { ReadableStore } from './types'

/** Collects notifications, so that what belongs together is seen together: five hundred events of a replay cost one render. */
export class Batch {
  #held: Set<() => void> | null = null

  hold(): void {
    this.#held ??= new Set()
  }

  release(): void {
    const held = this.#held
    this.#held = null
    for (const notify of held ?? []) notify()
  }

  /** What `work` changes is shown as one change. */
  together(work: () => void): void {
    if (this.#held) return work()
    this.hold()
    work()
    this.release()
  }

  run(notify: () => void): void {
    if (this.#held) this.#held.add(notify)
    else notify()
  }
}

export class Store<State> implements ReadableStore<State> {
  #state: State
  #batch: Batch | undefined
  readonly #listeners = new Set<() => void>()

  constructor(initial: State, batch?: Batch) {
    this.#state = initial
    this.#batch = batch
  }

  readonly getSnapshot = (): State => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    // A wrapper, so that one function subscribed twice is two subscriptions.
    const entry = () => listener()
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  set(state: State): void {
    if (Object.is(state, this.#state)) return
    this.#state = state
    if (this.#batch) this.#batch.run(this.#notify)
    else this.#notify()
  }

  update(change: Partial<State>): void {
    this.set({ ...this.#state, ...change })
  }

  readonly #notify = (): void => {
    for (const listener of [...this.#listeners]) listener()
  }
}

/** A value that is computed from others, at most once for each change and only when somebody looks. */
export class Derived<State> implements ReadableStore<State> {
  readonly #compute: () => State
  readonly #changes: Store<object>
  #state: State | undefined
  #computedFor: object | null = null

  constructor(compute: () => State, batch?: Batch) {
    this.#compute = compute
    this.#changes = new Store({}, batch)
  }

  readonly getSnapshot = (): State => {
    const change = this.#changes.getSnapshot()
    if (this.#computedFor !== change) {
      this.#computedFor = change
      const state = this.#compute()
      if (!isShallowEqual(state, this.#state)) this.#state = state
    }
    return this.#state as State
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#changes.subscribe(listener)

  invalidate(): void {
    this.#changes.set({})
  }
}

function isShallowEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return Object.is(a, b)
  const left = Object.entries(a)
  const right = b as Record<string, unknown>
  return left.length === Object.keys(b).length && left.every(([key, value]) => right[key] === value)
}
