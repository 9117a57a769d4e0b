import { type ComponentType, lazy } from 'react'

type Load = () => Promise<unknown>
const loads = new Set<Load>()
const idleAfterMs = 3_000
let isPlanned = false

/**
 * A part that is loaded when it is first shown. Without a network it cannot be: then nothing is shown in
 * its place, and the rest of the page goes on.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  loads.add(load)
  return lazy(async () => {
    const part = await load().catch(() => Nothing)
    return { default: part as ComponentType<Props> }
  })
}

const Nothing = () => null

/** Fetches the parts once the page has nothing else to do, so that they are there without a network too. */
export function loadPartsWhenIdle(): void {
  if (isPlanned || savesData()) return
  isPlanned = true
  setTimeout(() => {
    for (const load of loads) void load().catch(() => undefined)
  }, idleAfterMs)
}

function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } }
  return connection?.saveData ?? false
}
