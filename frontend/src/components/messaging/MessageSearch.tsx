'use client'

import { useEffect, useRef } from 'react'
import type { ConversationId, Message, SearchHit } from '../../client'
import { useSearch } from '../../hooks'
import { Button } from '../ui/Button'
import { IconButton } from '../ui/IconButton'
import { formatFullTime } from '../ui/time'
import { useWords } from '../words'
import styles from './MessageSearch.module.css'

export interface MessageSearchProps {
  conversationId: ConversationId
  onChoose: (message: Message) => void
  onClose: () => void
}

/** Finds messages of one conversation: newest first, what matches is marked. */
export function MessageSearch({ conversationId, onChoose, onClose }: MessageSearchProps) {
  const { words } = useWords()
  const { query, hits, hasMore, isSearching, error, setQuery, setFilter, more } = useSearch()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setFilter({ conversation: conversationId }), [setFilter, conversationId])
  useEffect(() => {
    const opener = document.activeElement
    input.current?.focus()
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  const hasAnswer = query.trim() !== '' && !isSearching
  return (
    <search
      className={styles.search}
      data-slot="message-search"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <div className={styles.box}>
        <input
          ref={input}
          type="text"
          inputMode="search"
          dir="auto"
          value={query}
          aria-label={words.searchMessages}
          placeholder={words.searchMessages}
          className={styles.input}
          onChange={(event) => setQuery(event.target.value)}
        />
        <IconButton icon="close" size="s" label={words.closeSearch} onClick={onClose} />
      </div>
      <p role="status" className={styles.state}>
        {isSearching && words.loading}
        {error && words.problem(error)}
        {hasAnswer && !error && words.hits(hits.length, hasMore)}
      </p>
      {hits.length > 0 && (
        <ul aria-label={words.searchMessages} className={styles.hits}>
          {hits.map((hit) => (
            <li key={hit.message.key}>
              <Hit hit={hit} onChoose={onChoose} />
            </li>
          ))}
          {hasMore && (
            <li className={styles.more}>
              <Button variant="quiet" size="s" onClick={more}>
                {words.moreConversations}
              </Button>
            </li>
          )}
        </ul>
      )}
    </search>
  )
}

function Hit({ hit, onChoose }: { hit: SearchHit; onChoose: (message: Message) => void }) {
  const { words, locale } = useWords()
  const { message } = hit
  return (
    <button type="button" className={styles.hit} onClick={() => onChoose(message)}>
      <span className={styles.facts}>
        <b dir="auto">{message.is_own ? words.you : message.sender.name}</b>
        <time dateTime={message.created_at}>{formatFullTime(message.created_at, locale)}</time>
      </span>
      <span dir="auto" className={styles.text}>
        {partsOf(hit).map(({ at, text, isHit }) => (isHit ? <mark key={at}>{text}</mark> : text))}
      </span>
    </button>
  )
}

interface Part {
  readonly at: number
  readonly text: string
  readonly isHit: boolean
}

const contextBefore = 30
const lengthMax = 160

/** The text around the first hit, cut where hits begin and end. */
export function partsOf({ message: { content }, ranges }: SearchHit): readonly Part[] {
  const first = ranges[0]?.[0] ?? 0
  const from = first > contextBefore ? content.lastIndexOf(' ', first - contextBefore) + 1 : 0
  const to = Math.min(content.length, Math.max(from + lengthMax, ranges[0]?.[1] ?? 0))
  const parts: Part[] = []
  let at = from
  const add = (end: number, isHit: boolean) => {
    if (end > at) parts.push({ at, text: content.slice(at, end), isHit })
    at = Math.max(at, end)
  }
  for (const [begin, end] of ranges) {
    if (begin >= to) break
    add(begin, false)
    add(Math.min(end, to), true)
  }
  add(to, false)
  if (from > 0) parts.unshift({ at: -1, text: '… ', isHit: false })
  if (to < content.length) parts.push({ at: to, text: ' …', isHit: false })
  return parts
}
