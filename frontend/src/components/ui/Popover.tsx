'use client'

import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import styles from './Popover.module.css'

export interface PopoverProps {
  /** What the popover belongs to: it stands beside it and gives it the focus back. */
  anchor: RefObject<HTMLElement | null>
  onClose: () => void
  children: ReactNode
}

/** A layer above everything, closed by Escape, by a press outside, or by scrolling away. */
export function Popover({ anchor, onClose, children }: PopoverProps) {
  const layer = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null)

  // Again when its size changes: what is in it may be loaded first.
  useLayoutEffect(() => {
    if (!layer.current) return
    const put = () => {
      if (anchor.current && layer.current) setPlace(placeBeside(anchor.current, layer.current))
    }
    put()
    const watcher = new ResizeObserver(put)
    watcher.observe(layer.current)
    return () => watcher.disconnect()
  }, [anchor])

  useEffect(() => {
    const owner = anchor.current
    const onPointer = (event: Event) => {
      const target = event.target as Node
      if (!layer.current?.contains(target) && !owner?.contains(target)) onClose()
    }
    const onScroll = (event: Event) => {
      if (!layer.current?.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('scroll', onScroll, true)
    window.addEventListener('resize', onClose)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('scroll', onScroll, true)
      window.removeEventListener('resize', onClose)
    }
  }, [anchor, onClose])

  const close = () => {
    onClose()
    anchor.current?.focus()
  }

  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: the layer only hears keys of what is in it
    <div
      ref={layer}
      className={styles.layer}
      // Not `visibility`: what is in it takes the focus at once.
      style={place ?? { insetBlockStart: 0, insetInlineStart: 0, opacity: 0 }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' && event.key !== 'Tab') return
        event.stopPropagation()
        if (event.key === 'Escape') event.preventDefault()
        close()
      }}
    >
      {children}
    </div>,
    // Inside of the landmark, and of a modal dialog, that the anchor is in.
    anchor.current?.closest('dialog, main') ?? document.body,
  )
}

const margin = 8

/** Below the anchor and flush with its end; above it, or moved inwards, where there is no room. */
function placeBeside(anchor: HTMLElement, layer: HTMLElement) {
  const box = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = layer
  const isRtl = getComputedStyle(anchor).direction === 'rtl'
  const below = box.bottom + margin / 2
  const above = box.top - height - margin / 2
  const wanted = isRtl ? box.left : box.right - width
  const largest = window.innerWidth - width - margin
  return {
    left: Math.max(margin, Math.min(wanted, largest)),
    top: below + height <= window.innerHeight - margin ? below : Math.max(margin, above),
  }
}
