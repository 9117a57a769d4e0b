import { useSyncExternalStore } from 'react'

/**
 * One timer for every relative time on the page. It runs while somebody looks: no subscriber or a
 * hidden page means no timer.
 */
const tickMs = 15_000
const listeners = new Set<() => void>()
let now = 0
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  now = Date.now()
  for (const listener of listeners) listener()
}

function run() {
  clearInterval(timer)
  timer = undefined
  if (listeners.size === 0 || document.visibilityState === 'hidden') return
  timer = setInterval(tick, tickMs)
}

function onVisibility() {
  if (document.visibilityState === 'visible') tick()
  run()
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    now = Date.now()
    document.addEventListener('visibilitychange', onVisibility)
  }
  listeners.add(listener)
  run()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    document.removeEventListener('visibilitychange', onVisibility)
    run()
  }
}

function getSnapshot() {
  if (now === 0 || listeners.size === 0) now = Math.floor(Date.now() / tickMs) * tickMs
  return now
}

/** The time, renewed every 15 s. Only the component that calls this renders again. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot)
}
