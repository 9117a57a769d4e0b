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
  readonly #places = new Map<HTMLElement, { readonly key: string; index: number; top: number }>()
  #watcher: ResizeObserver | null = null

  /** Calls when the viewport or a row has another height than before, until the returned function is called. */
  watch(viewport: HTMLElement, onResize: () => void): () => void {
    const watcher = new ResizeObserver((entries) => {
      const changed = entries.filter(({ target, borderBoxSize: [box] }) => {
        const row = this.#places.get(target as HTMLElement)
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
      this.#places.clear()
    }
  }

  /** Reads first and writes then: each reading after a writing would lay out the page once more. */
  settle(viewport: HTMLElement, canvas: HTMLElement, shown: Shown, isFollowing: boolean): void {
    const isMeasured = this.#meet(canvas, shown) || this.#isResized
    this.look(viewport)
    const isMoved = isMeasured || this.layout.rows !== shown.rows
    if (isMoved) this.drift -= this.#lay(shown)
    this.#isResized = false
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

  /** How far what one looks at moves by it. */
  #lay({ rows, first, end }: Shown): number {
    const before = this.layout
    const distance = this.#view.top - this.drift
    if (before.rows === rows) return before.remeasure(this.#heights, first, end, distance)
    this.layout = RowLayout.of(rows, this.#heights)
    return before.shiftTo(this.layout, distance)
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
    for (const element of this.#places.keys()) {
      if (element.parentElement === canvas) continue
      this.#watcher?.unobserve(element)
      this.#places.delete(element)
    }
    let hasChanged = false
    for (const [offset, element] of rowsIn(canvas)) {
      const key = rows[first + offset]?.key
      if (key === undefined || this.#places.has(element)) continue
      this.#places.set(element, { key, index: -1, top: Number.NaN })
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
      const place = this.#places.get(element)
      if (!place) continue
      const index = first + offset
      if (place.index !== index) number(element, index)
      const top = this.layout.startOf(index) + this.drift
      if (place.top !== top) element.style.insetBlockStart = `${top}px`
      place.index = index
      place.top = top
    }
  }
}

/** A separator is no item of the feed. */
function number(row: HTMLElement, index: number): void {
  if (row.tagName === 'ARTICLE') row.setAttribute('aria-posinset', `${index + 1}`)
}

function rowsIn(canvas: HTMLElement): Iterable<[number, HTMLElement]> {
  return Array.from(canvas.children as HTMLCollectionOf<HTMLElement>).entries()
}
