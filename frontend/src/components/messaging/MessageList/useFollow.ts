import { type RefObject, useEffect, useState } from 'react'

/** Nearer to the newest message than this counts as being there. */
export const endThresholdPx = 80
const intentMs = 1_500
const intents = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const

export interface Follow {
  readonly isOn: () => boolean
  readonly start: () => void
  /** Called after every scroll; tells whether the end is followed. */
  readonly update: (element: HTMLElement) => boolean
  readonly noteIntent: () => void
}

/**
 * Whether the list follows new messages. Only the person's own move upwards ends it: that so many rows
 * came at once that the end is far away does not, nor that the browser moved because rows were measured.
 */
export function useFollow(viewport: RefObject<HTMLElement | null>): Follow {
  const [follow] = useState(createFollow)
  // Each time: the element is another one after an empty conversation got its first message.
  useEffect(() => {
    const element = viewport.current
    for (const type of intents) {
      element?.addEventListener(type, follow.noteIntent, { passive: true })
    }
    return () => {
      for (const type of intents) element?.removeEventListener(type, follow.noteIntent)
    }
  })
  return follow
}

export function createFollow(): Follow {
  let isFollowing = true
  let lastTop = 0
  let intentAt = Number.NEGATIVE_INFINITY
  return {
    isOn: () => isFollowing,
    start: () => {
      isFollowing = true
    },
    noteIntent: () => {
      intentAt = performance.now()
    },
    update: ({ scrollTop, scrollHeight, clientHeight }) => {
      const movedUp = lastTop - scrollTop
      const isMeant = performance.now() - intentAt < intentMs
      const hasLeft = movedUp > (isMeant ? 1 : clientHeight)
      lastTop = scrollTop
      isFollowing =
        scrollHeight - clientHeight - scrollTop <= endThresholdPx || (isFollowing && !hasLeft)
      return isFollowing
    },
  }
}
