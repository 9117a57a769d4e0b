import type { Row } from '../messageGroups'
import { RowLayout } from './rowLayout'

/** The rows [first, end) are in the page. */
export interface Shown {
  readonly rows: readonly Row[]
  readonly first: number
  readonly end: number
}

export const overscan = 12
const margin = 4
/** Rows that are out of view, both sides together. */
const spareRows = 3 * overscan
export const scrollingMs = 150
const maxTop = 2 ** 30
/** Two ways to ask for a height may differ in the last digit. */
const leastPx = 0.05

/**
 * Where the rows of one list stand on the screen. Each row has a place of its own: what stays where it is
 * is neither laid out nor painted again when others come and go.
 */
export class RowPlaces {
  layout = RowLayout.of([], new Map())
  /** How far the rows stand from where they belong. */
  drift = 0
  scrolledAt = Number.NEGATIVE_INFINITY
  timer: ReturnType<typeof setTimeout> | undefined
  #isResized = false
  #view = { top: 0, height: 0 }
  readonly #heights = new Map<string, number>()
  readonly #tops = new Map<HTMLElement, { readonly key: string; top: number }>()
  #watcher: ResizeObserver | null = null

  /** Calls when the viewport or a row has another height than before, until the returned function is called. */
  watch(viewport: HTMLElement, onResize: () => void): () => void {
    const watcher = new ResizeObserver((entries) => {
      const changed = entries.filter(({ target, borderBoxSize: [box] }) => {
        const row = this.#tops.get(target as HTMLElement)
        return !row || this.#note(row.key, box?.blockSize ?? 0)
      })
      if (changed.length === 0) return
      this.#isResized = true
      onResize()
    })
    watcher.observe(viewport)
    this.#watcher = watcher
    return () => {
      watcher.disconnect()
      this.#watcher = null
      this.#tops.clear()
    }
  }

  /** Reads first and writes then: each reading after a writing would lay out the page once more. */
  settle(viewport: HTMLElement, canvas: HTMLElement, shown: Shown, isFollowing: boolean): void {
    const before = this.layout
    const isMeasured = this.#meet(canvas, shown) || this.#isResized
    this.look(viewport)
    if (before.rows !== shown.rows) this.layout = RowLayout.of(shown.rows, this.#heights)
    else if (isMeasured) {
      this.layout = before.remeasured(this.#heights, shown.first, shown.end)
    }
    this.#isResized = false
    const isMoved = before !== this.layout
    if (isMoved) this.drift -= before.shiftTo(this.layout, this.#view.top - this.drift)
    if (isMoved) canvas.style.blockSize = `${this.layout.total}px`
    if (isFollowing && isMoved) this.#follow(viewport)
    else if (this.drift !== 0 && !this.#isOnTheWay()) this.#hold(viewport)
    this.#put(canvas, shown.first)
  }

  /** Notes where the person is. */
  look({ scrollTop, clientHeight }: HTMLElement): void {
    this.#view = { top: scrollTop, height: clientHeight }
  }

  /** Null when the page has what is in view. */
  rowsToShow({ rows, ...shown }: Shown): Shown | null {
    const top = this.#view.top - this.drift
    const first = this.layout.indexAt(top)
    const end = Math.min(rows.length, this.layout.indexAt(top + this.#view.height) + 1)
    const isCovered =
      shown.first <= Math.max(0, first - margin) && shown.end >= Math.min(rows.length, end + margin)
    const isLean = shown.end - shown.first <= end - first + spareRows
    if (isCovered && isLean) return null
    return {
      rows,
      first: Math.max(0, first - overscan),
      end: Math.min(rows.length, end + overscan),
    }
  }

  #isOnTheWay(): boolean {
    const isScrolling = performance.now() - this.scrolledAt < scrollingMs - 10
    return isScrolling && this.#view.top > this.#view.height
  }

  #follow(viewport: HTMLElement): void {
    this.drift = 0
    viewport.scrollTop = maxTop
    this.look(viewport)
  }

  #hold(viewport: HTMLElement): void {
    viewport.scrollTop = this.#view.top - this.drift
    this.drift = 0
    this.look(viewport)
  }

  /** Measures the rows that have come and forgets those that have gone. */
  #meet(canvas: HTMLElement, { rows, first }: Shown): boolean {
    for (const element of this.#tops.keys()) {
      if (element.parentElement === canvas) continue
      this.#watcher?.unobserve(element)
      this.#tops.delete(element)
    }
    let hasChanged = false
    for (const [offset, element] of rowsIn(canvas)) {
      const key = rows[first + offset]?.key
      if (key === undefined || this.#tops.has(element)) continue
      this.#tops.set(element, { key, top: Number.NaN })
      this.#watcher?.observe(element)
      if (this.#note(key, element.getBoundingClientRect().height)) hasChanged = true
    }
    return hasChanged
  }

  /** True when the row has another height than was known. Nothing has one while the page is not laid out. */
  #note(key: string, height: number): boolean {
    if (height === 0 || Math.abs((this.#heights.get(key) ?? 0) - height) < leastPx) return false
    this.#heights.set(key, height)
    return true
  }

  #put(canvas: HTMLElement, first: number): void {
    for (const [offset, element] of rowsIn(canvas)) {
      const place = this.#tops.get(element)
      const top = this.layout.startOf(first + offset) + this.drift
      if (!place || place.top === top) continue
      place.top = top
      element.style.insetBlockStart = `${top}px`
    }
  }
}

function rowsIn(canvas: HTMLElement): Iterable<[number, HTMLElement]> {
  return Array.from(canvas.children as HTMLCollectionOf<HTMLElement>).entries()
}
