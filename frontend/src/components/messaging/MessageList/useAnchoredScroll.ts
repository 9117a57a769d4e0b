import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Row } from '../messageGroups'
import { useFollow } from './useFollow'
import { useVirtualRows } from './useVirtualRows'

/** Older messages are fetched before the person reaches the top. */
const loadThresholdPx = 600
/** Farther than this many screens nobody wants to watch the way. */
const smoothScreensMax = 3

export interface AnchoredScrollOptions {
  rows: readonly Row[]
  hasOlder: boolean
  isLoading: boolean
  onLoadOlder: () => void
  /** Called when the newest message is in view. */
  onSeen: () => void
}

/**
 * Owns the scroll position. What one reads stays where it is when older messages arrive above, when
 * rows above are measured, and when new ones arrive below; who is at the end follows new messages,
 * and an own new message always comes into view.
 */
export function useAnchoredScroll(options: AnchoredScrollOptions) {
  const { rows, hasOlder, isLoading, onLoadOlder, onSeen } = options
  const viewport = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const follow = useFollow(viewport)
  const { lastKey, lastIsOwn } = lastOf(rows)
  // Before the rows are placed.
  useLayoutEffect(() => {
    if (lastIsOwn && lastKey !== null) follow.start()
  }, [follow, lastKey, lastIsOwn])
  const virtual = useVirtualRows(rows, viewport, follow.isOn)

  const toEnd = useCallback(() => {
    const element = viewport.current
    if (!element) return
    const { scrollHeight, scrollTop, clientHeight } = element
    const isNear = scrollHeight - scrollTop < smoothScreensMax * clientHeight
    element.scrollTo({ top: scrollHeight, behavior: isNear ? 'smooth' : 'auto' })
    follow.start()
  }, [follow])

  const canLoad = hasOlder && !isLoading
  const askedWith = useRef(0)
  const look = useCallback(
    (isScrolled: boolean) => {
      const element = viewport.current
      if (!element || rows.length === 0) return
      setAtEnd(follow.update(element))
      // What brought nothing is asked for again by the person only.
      const isWanted = isScrolled || askedWith.current !== rows.length
      if (!canLoad || !isWanted || element.scrollTop >= loadThresholdPx) return
      askedWith.current = rows.length
      onLoadOlder()
    },
    [follow, canLoad, onLoadOlder, rows.length],
  )
  // At the top nothing scrolls any more: the end of one page asks for the next.
  useEffect(() => look(false), [look])

  const onScroll = () => {
    look(true)
    virtual.onScroll()
  }

  // Messages of others may come above own ones that wait to be sent.
  useEffect(() => {
    if (!isAtEnd || rows.at(-1) === undefined) return
    const seen = () => {
      if (document.visibilityState === 'visible') onSeen()
    }
    seen()
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [isAtEnd, rows, onSeen])

  return { ...virtual, viewport, isAtEnd, toEnd, onScroll }
}

function lastOf(rows: readonly Row[]) {
  const last = rows.at(-1)
  return {
    lastKey: last?.key ?? null,
    lastIsOwn: last?.kind === 'message' && last.message.is_own,
  }
}
