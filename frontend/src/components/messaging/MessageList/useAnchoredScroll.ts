import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Row } from '../messageGroups'
import { endThresholdPx, useFollow } from './useFollow'

const estimates: Readonly<Record<Row['kind'], number>> = { day: 52, unread: 40, message: 56 }
const edgePx = 12
/** Older messages are fetched before the person reaches the top. */
const loadThresholdPx = 600

export interface AnchoredScrollOptions {
  rows: readonly Row[]
  hasOlder: boolean
  onLoadOlder: () => void
  /** Called when the newest message is in view. */
  onSeen: () => void
}

/**
 * Owns the scroll position. What one reads stays where it is when older messages arrive above, when
 * rows above are measured, and when new ones arrive below; who is at the end follows new messages,
 * and an own new message always comes into view.
 */
export function useAnchoredScroll({ rows, hasOlder, onLoadOlder, onSeen }: AnchoredScrollOptions) {
  const viewport = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const follow = useFollow(viewport)

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: (index) => estimates[rows[index]?.kind ?? 'message'],
    getItemKey: (index) => rows[index]?.key ?? index,
    anchorTo: 'end',
    scrollEndThreshold: endThresholdPx,
    overscan: 8,
    paddingStart: edgePx,
    paddingEnd: edgePx,
    useFlushSync: false,
  })

  const { lastKey, lastIsOwn } = lastOf(rows)
  const toEnd = useCallback(
    (behavior: 'auto' | 'smooth' = 'auto') => virtualizer.scrollToEnd({ behavior }),
    [virtualizer],
  )

  useLayoutEffect(() => {
    if (lastKey === null) return
    if (lastIsOwn) follow.start()
    if (follow.isOn()) toEnd()
  }, [follow, lastKey, lastIsOwn, toEnd])

  const onScroll = useCallback(() => {
    const element = viewport.current
    if (!element || rows.length === 0) return
    setAtEnd(follow.update(element))
    if (hasOlder && element.scrollTop < loadThresholdPx) onLoadOlder()
  }, [follow, hasOlder, onLoadOlder, rows.length])

  useEffect(onScroll, [onScroll])

  useEffect(() => {
    if (!isAtEnd || lastKey === null) return
    const seen = () => {
      if (document.visibilityState === 'visible') onSeen()
    }
    seen()
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [isAtEnd, lastKey, onSeen])

  return { viewport, virtualizer, isAtEnd, toEnd, onScroll }
}

function lastOf(rows: readonly Row[]) {
  const last = rows.at(-1)
  return {
    lastKey: last?.key ?? null,
    lastIsOwn: last?.kind === 'message' && last.message.is_own,
  }
}
