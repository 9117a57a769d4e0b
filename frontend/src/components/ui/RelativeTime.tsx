'use client'

import { useWords } from '../words'
import { useNow } from './clock'
import { formatFullTime, formatRelative } from './time'

/** "5 minutes ago", kept fresh without rendering anything around it. */
export function RelativeTime({ at }: { at: string }) {
  const { locale, words } = useWords()
  const now = useNow()
  return (
    <time dateTime={at} title={formatFullTime(at, locale)}>
      {formatRelative(Date.parse(at), now, locale, words.justNow)}
    </time>
  )
}
