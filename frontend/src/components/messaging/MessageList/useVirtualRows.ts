import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Row } from '../messageGroups'
import { movedBy, RowLayout } from './rowLayout'

/** The rows [first, end) are in the page. */
interface Shown {
  readonly rows: readonly Row[]
  readonly first: number
  readonly end: number
}

const overscan = 12
const margin = 4
/** Rows that are out of view, both sides together. */
const spareRows = 3 * overscan
const firstRows = 40
const scrollingMs = 150
const maxTop = 2 ** 30

/**
 * Keeps a screenful of rows in the page. What one looks at stays where it is when rows above it come or
 * are measured: by the scroll position, or while the person scrolls by `drift`, because phones stop a
 * scroll whose position is set. While `isFollowing` the end stays in view instead. Places are set on the
 * elements themselves: React renders when other rows come into the page, and only then.
 */
export function useVirtualRows(
  rows: readonly Row[],
  viewport: RefObject<HTMLElement | null>,
  isFollowing: () => boolean,
) {
  const canvas = useRef<HTMLDivElement>(null)
  const [place] = useState(() => new Place())
  const [known, setShown] = useState<Shown>(() => lastOf(rows))
  const shown = known.rows === rows ? known : carryOver(known, rows)
  if (shown !== known) setShown(shown)

  const cover = useCallback(
    (show: (change: () => void) => void) => {
      const next = viewport.current && place.rowsToShow(viewport.current, shown)
      if (!next) return
      const isBlank = next.first > shown.end || next.end < shown.first
      if (isBlank) show(() => setShown(next))
      else setShown(next)
    },
    [viewport, place, shown],
  )

  const settle = useCallback(() => {
    if (!viewport.current || !canvas.current) return
    place.settle(viewport.current, canvas.current, shown, isFollowing())
    cover((change) => change())
  }, [viewport, place, shown, isFollowing, cover])
  const latest = useRef(settle)
  useLayoutEffect(() => {
    latest.current = settle
    settle()
  }, [settle])

  const isEmpty = rows.length === 0
  useEffect(() => {
    if (isEmpty || !viewport.current || !canvas.current) return
    const watcher = new ResizeObserver(() => {
      place.isResized = true
      latest.current()
    })
    watcher.observe(viewport.current)
    watcher.observe(canvas.current)
    return () => watcher.disconnect()
  }, [viewport, place, isEmpty])
  useEffect(() => () => clearTimeout(place.timer), [place])

  const onScroll = useCallback(() => {
    place.scrolledAt = performance.now()
    clearTimeout(place.timer)
    if (place.drift !== 0) place.timer = setTimeout(() => latest.current(), scrollingMs)
    cover(flushSync)
  }, [place, cover])

  const toIndex = useCallback(
    (index: number, align: 'nearest' | 'middle' = 'nearest') => {
      const element = viewport.current
      if (!element) return
      const { layout, drift } = place
      const start = layout.startOf(index) + drift
      const last = layout.startOf(index + 1) + drift - element.clientHeight
      if (align === 'middle') element.scrollTop = (start + last) / 2
      else if (element.scrollTop > start) element.scrollTop = start
      else if (element.scrollTop < last) element.scrollTop = last
      cover(flushSync)
    },
    [viewport, place, cover],
  )

  return {
    canvas,
    first: shown.first,
    items: rows.slice(shown.first, shown.end),
    onScroll,
    toIndex,
  }
}

/** Where the rows of one list stand on the screen. */
class Place {
  layout = new RowLayout([], new Map())
  /** How far the rows stand from where they belong. */
  drift = 0
  scrolledAt = Number.NEGATIVE_INFINITY
  isResized = false
  timer: ReturnType<typeof setTimeout> | undefined
  readonly #heights = new Map<string, number>()

  settle(viewport: HTMLElement, canvas: HTMLElement, shown: Shown, isFollowing: boolean): void {
    const before = this.layout
    const isMeasured = this.#measure(canvas, shown.rows)
    if (isMeasured || before.rows !== shown.rows) {
      this.layout = new RowLayout(shown.rows, this.#heights)
    }
    const isMoved = before !== this.layout
    const spacer = canvas.parentElement as HTMLElement
    spacer.style.blockSize = `${this.layout.total}px`
    if (isFollowing && (isMoved || this.isResized)) {
      this.drift = 0
      viewport.scrollTop = maxTop
    } else {
      this.#hold(
        viewport,
        isMoved ? before.shiftTo(this.layout, viewport.scrollTop - this.drift) : 0,
      )
    }
    this.isResized = false
    canvas.style.transform = `translateY(${this.layout.startOf(shown.first) + this.drift}px)`
  }

  /** Null when the page has what is in view. */
  rowsToShow(viewport: HTMLElement, { rows, ...shown }: Shown): Shown | null {
    const top = viewport.scrollTop - this.drift
    const first = this.layout.indexAt(top)
    const end = Math.min(rows.length, this.layout.indexAt(top + viewport.clientHeight) + 1)
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

  #hold(viewport: HTMLElement, shift: number): void {
    const isScrolling = performance.now() - this.scrolledAt < scrollingMs - 10
    this.drift -= shift
    if (this.drift === 0 || (isScrolling && viewport.scrollTop > viewport.clientHeight)) return
    viewport.scrollTop -= this.drift
    this.drift = 0
  }

  #measure(canvas: HTMLElement, rows: readonly Row[]): boolean {
    let hasChanged = false
    for (const element of canvas.children) {
      const key = rows[Number((element as HTMLElement).dataset.index)]?.key
      const { height } = element.getBoundingClientRect()
      // Nothing has a height while the page is not laid out.
      if (key === undefined || height === 0 || this.#heights.get(key) === height) continue
      this.#heights.set(key, height)
      hasChanged = true
    }
    return hasChanged
  }
}

function lastOf(rows: readonly Row[]): Shown {
  return { rows, first: Math.max(0, rows.length - firstRows), end: rows.length }
}

/** The same rows as before in a list that has grown, and what follows them directly. */
function carryOver(shown: Shown, rows: readonly Row[]): Shown {
  if (shown.end === 0) return lastOf(rows)
  const moved = movedBy(shown.rows, rows, shown.first)
  const wasAtEnd = shown.end === shown.rows.length
  const first = Math.max(0, Math.min(shown.first + moved, rows.length - 1))
  const end = Math.min(rows.length, shown.end + moved + (wasAtEnd ? overscan : 0))
  return { rows, first, end: Math.max(first, end) }
}
