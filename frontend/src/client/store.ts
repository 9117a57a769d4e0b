import type { ReadableStore } from './types'

/** Collects notifications, so that what belongs together is seen together: five hundred events of a replay cost one render. */
export interface Batch {
  hold(): void
  release(): void
  /** What `work` changes is shown as one change. */
  together(work: () => void): void
  run(notify: () => void): void
}

export function createBatch(): Batch {
  let held: Set<() => void> | null = null
  const hold = () => {
    held ??= new Set()
  }
  const release = () => {
    const due = held ?? []
    held = null
    for (const notify of due) notify()
  }
  return {
    hold,
    release,
    together(work) {
      if (held) return work()
      hold()
      work()
      release()
    },
    run(notify) {
      if (held) held.add(notify)
      else notify()
    },
  }
}

export class Store<State> implements ReadableStore<State> {
  #state: State
  readonly #batch: Batch | undefined
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

export interface Derived<State> extends ReadableStore<State> {
  invalidate(): void
}

/** A value that is computed from others, at most once for each change and only when somebody looks. */
export function createDerived<State>(compute: () => State, batch: Batch): Derived<State> {
  const changes = new Store({}, batch)
  let computedFor: object | null = null
  let state: State
  return {
    subscribe: changes.subscribe,
    invalidate: () => changes.set({}),
    getSnapshot() {
      if (computedFor !== changes.getSnapshot()) {
        computedFor = changes.getSnapshot()
        const next = compute()
        if (differ(next, state)) state = next
      }
      return state
    },
  }
}

/** Compares objects field by field. */
export function differ<State>(a: State, b: State | undefined): boolean {
  if (typeof a !== 'object' || !a || !b) return a !== b
  return Object.keys(a).some((key) => a[key as keyof State] !== b[key as keyof State])
}

/** The value of a key, made when it is asked for the first time. */
export function getOrMake<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  make: () => Value & {},
): Value & {} {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}

/** Counts who needs a thing. A release works once, however often it is called. */
export interface Retainers {
  count(): number
  retain(onLast: () => void): () => void
}

export function createRetainers(): Retainers {
  const held = new Set<object>()
  return {
    count: () => held.size,
    retain(onLast) {
      const mine = {}
      held.add(mine)
      return () => {
        if (held.delete(mine) && held.size === 0) onLast()
      }
    },
  }
}
