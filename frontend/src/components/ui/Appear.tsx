'use client'

import { usePresence } from 'motion/react'
import { useAnimate } from 'motion/react-mini'
import { type ReactNode, useEffect } from 'react'

const hidden = 'translateY(0.5rem) scale(0.96)'
const shown = 'translateY(0) scale(1)'

export interface AppearProps {
  children: ReactNode
  className?: string | undefined
}

/** Rises in when it is mounted and sinks out when an `AnimatePresence` around it removes it. */
export function Appear({ children, className }: AppearProps) {
  const [scope, animate] = useAnimate<HTMLDivElement>()
  const [isPresent, safeToRemove] = usePresence()

  useEffect(() => {
    const element = scope.current
    if (!canAnimate(element)) {
      if (!isPresent) safeToRemove?.()
      return
    }
    const frames = isPresent
      ? { opacity: [0, 1], transform: [hidden, shown] }
      : { opacity: [1, 0], transform: [shown, hidden] }
    const animation = animate([element], frames, { duration: 0.2, ease: 'easeOut' })
    if (!isPresent) void animation.finished.then(() => safeToRemove?.())
    return () => animation.stop()
  }, [animate, isPresent, safeToRemove, scope])

  return (
    <div ref={scope} className={className}>
      {children}
    </div>
  )
}

function canAnimate(element: HTMLElement | null): element is HTMLElement {
  if (!element || typeof element.animate !== 'function') return false
  return !window.matchMedia('(prefers-reduced-motion: reduce)').matches
}
