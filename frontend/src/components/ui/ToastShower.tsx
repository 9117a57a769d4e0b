'use client'

import { useEffect, useRef } from 'react'
import { Toaster, toast } from 'sonner'
import type { Notice } from './notify'

const shownMs = 5_000

export function ToastShower({ notices }: { notices: readonly Notice[] }) {
  const shown = useRef(new WeakSet<Notice>())
  useEffect(() => {
    for (const notice of notices) {
      if (shown.current.has(notice)) continue
      shown.current.add(notice)
      const { tone, text, ...options } = notice
      toast[tone](text, options)
    }
  }, [notices])
  return (
    <Toaster
      position="top-center"
      duration={shownMs}
      visibleToasts={2}
      toastOptions={{
        style: {
          background: 'var(--color-raised)',
          color: 'var(--color-ink)',
          borderColor: 'var(--color-line)',
          boxShadow: 'var(--shadow-m)',
          fontFamily: 'var(--font-text)',
        },
        actionButtonStyle: {
          background: 'var(--color-brand)',
          color: 'var(--color-on-brand)',
        },
      }}
    />
  )
}
