import { useState } from 'react'
import type { Message } from '../../../client'

/** How many messages of others arrived since the person left the end of the list. */
export function useNewCount(messages: readonly Message[], isAtEnd: boolean): number {
  const newest = messages.at(-1)?.key ?? null
  const [seen, setSeen] = useState(newest)
  if (isAtEnd && seen !== newest) setSeen(newest)
  if (isAtEnd || seen === newest) return 0
  let count = 0
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index]
    if (!message || message.key === seen) break
    if (!message.is_own) count += 1
  }
  return count
}
