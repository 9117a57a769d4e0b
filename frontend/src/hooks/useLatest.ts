'use client'

import { type RefObject, useEffect, useRef } from 'react'

/** The newest value, for callbacks of the app that effects must not depend on. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}
