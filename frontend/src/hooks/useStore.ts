'use client'

import { useSyncExternalStore } from 'react'
import type { ReadableStore } from '../client'

/** The only place where React meets the client core. `select` picks a value that is equal by `===` when it has not changed. */
export function useStore<State, Selected = State>(
  store: ReadableStore<State>,
  select: (state: State) => Selected = identity,
): Selected {
  const getSelected = () => select(store.getSnapshot())
  return useSyncExternalStore(store.subscribe, getSelected, getSelected)
}

// biome-ignore lint/suspicious/noExplicitAny: without `select`, Selected is State.
const identity = (state: any) => state
