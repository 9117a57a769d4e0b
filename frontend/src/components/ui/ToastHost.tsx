'use client'

import { Suspense, useEffect, useState } from 'react'
import { lazyPart } from './lazyPart'
import { hostToasts, type Notice } from './notify'

interface ToastShowerProps {
  notices: readonly Notice[]
}

/** sonner is loaded with the first toast: most visits never show one. */
const ToastShower = lazyPart<ToastShowerProps>(
  async () => (await import('./ToastShower')).ToastShower,
)

export function ToastHost() {
  const [notices, setNotices] = useState<readonly Notice[]>([])
  useEffect(() => hostToasts((notice) => setNotices((shown) => [...shown.slice(-4), notice])), [])
  if (notices.length === 0) return null
  return (
    <Suspense fallback={null}>
      <ToastShower notices={notices} />
    </Suspense>
  )
}
