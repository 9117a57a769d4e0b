import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Row } from '../messageGroups'
import { movedBy } from './rowLayout'
import { overscan, RowPlaces, type Shown, scrollingMs } from './rowPlaces'

const firstRows = 40

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
  const [place] = useState(() => new RowPlaces())
  const [known, setShown] = useState<Shown>(() => lastOf(rows))
  const shown = known.rows === rows ? known : carryOver(known, rows)
  if (shown !== known) setShown(shown)

  const cover = useCallback(
    (show: (change: () => void) => void) => {
      const next = place.rowsToShow(shown)
      if (!next) return
      const isBlank = next.first > shown.end || next.end < shown.first
      if (isBlank) show(() => setShown(next))
      else setShown(next)
    },
    [place, shown],
  )

  const settle = useCallback(() => {
    if (!viewport.current || !canvas.current) return
    place.settle(viewport.current, canvas.current, shown, isFollowing())
    cover((change) => change())
  }, [viewport, place, shown, isFollowing, cover])
  const latest = useRef(settle)
  // The element is another one after an empty conversation got its first message.
  const isEmpty = rows.length === 0
  useLayoutEffect(() => {
    if (isEmpty || !viewport.current) return
    return place.watch(viewport.current, () => latest.current())
  }, [viewport, place, isEmpty])
  useLayoutEffect(() => {
    latest.current = settle
    settle()
  }, [settle])
  useEffect(() => () => clearTimeout(place.timer), [place])

  const onScroll = useCallback(() => {
    if (viewport.current) place.look(viewport.current)
    place.scrolledAt = performance.now()
    clearTimeout(place.timer)
    if (place.drift !== 0) place.timer = setTimeout(() => latest.current(), scrollingMs)
    cover(flushSync)
  }, [viewport, place, cover])

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
      place.look(element)
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
