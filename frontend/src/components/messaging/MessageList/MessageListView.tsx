'use client'

import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react'
import type { ClientError, Message } from '../../../client'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { Icon } from '../../ui/Icon'
import { useWords } from '../../words'
import type { MessageActions } from '../MessageBubble'
import { type Row, rowsOf } from '../messageGroups'
import type { JumpTarget } from '../useJump'
import { MessageListRow } from './MessageListRow'
import styles from './MessageListView.module.css'
import { useAnchoredScroll } from './useAnchoredScroll'
import { useNewCount } from './useNewCount'

export interface MessageListViewProps {
  messages: readonly Message[]
  /** Names the list: "Messages with Asha". */
  label: string
  userId: number | null
  hasOlder: boolean
  isLoading: boolean
  error: ClientError | null
  /** The unread line stands before the first message of others after this `conv_seq`. */
  unreadAfter: number | null
  actions: MessageActions
  onLoadOlder: () => void
  onSeen: () => void
  showSender?: boolean
  /** The message to be brought into view. */
  target?: JumpTarget | null
}

/** The messages of a conversation, as many rows as fit on the screen. Renders for what it shows, not for its surroundings. */
export const MessageListView = memo(function MessageListView(props: MessageListViewProps) {
  const { messages, userId, actions, showSender = false } = props
  const { words } = useWords()
  const rows = useMemo(() => rowsOf(messages, props.unreadAfter), [messages, props.unreadAfter])
  const { viewport, canvas, isAtEnd, ...list } = useAnchoredScroll({ ...props, rows })
  const newCount = useNewCount(messages, isAtEnd)
  const targetIndex = useTarget(rows, props.target ?? null, list.toIndex)
  const focus = useRovingRow(rows.length, list.toIndex, viewport)

  if (messages.length === 0 && !props.isLoading) {
    return props.error ? <LoadError {...props} /> : <NoMessages />
  }
  return (
    <div className={styles.frame} data-slot="message-list">
      <div
        ref={viewport}
        role="feed"
        aria-label={props.label}
        aria-busy={props.isLoading}
        className={styles.viewport}
        onScroll={list.onScroll}
        onKeyDown={focus.onKeyDown}
      >
        <div ref={canvas} className={styles.canvas}>
          {list.items.map((row, offset) => {
            const index = list.first + offset
            return (
              <MessageListRow
                key={row.key}
                row={row}
                isTarget={index === targetIndex}
                tabIndex={focus.tabIndexOf(index)}
                actions={actions}
                userId={userId}
                repliedTo={repliedToBy(row, messages)}
                showSender={showSender}
              />
            )
          })}
        </div>
      </div>
      <div className={styles.top}>
        {props.isLoading && <span className={styles.loading}>{words.loadingOlder}</span>}
      </div>
      {!isAtEnd && (
        <Button
          size="s"
          variant="outline"
          className={styles.jump ?? ''}
          aria-label={newCount > 0 ? words.newCount(newCount) : words.jumpToNewest}
          onClick={list.toEnd}
        >
          <Icon name="down" size="s" />
          {newCount > 0 && <span>{words.newCount(newCount)}</span>}
        </Button>
      )}
      <Announcer messages={messages} />
    </div>
  )
})

function repliedToBy(row: Row, messages: readonly Message[]): Message | null {
  const id = row.kind === 'message' ? row.message.reply_to : null
  return id === null ? null : (messages.findLast((message) => message.id === id) ?? null)
}

/** Shows the row of the target once for each jump; its index as long as it is marked. */
function useTarget(
  rows: readonly Row[],
  target: JumpTarget | null,
  toIndex: (index: number, align: 'middle') => void,
): number {
  const done = useRef(target)
  const index = target
    ? rows.findIndex((row) => row.kind === 'message' && row.message.id === target.id)
    : -1
  useEffect(() => {
    if (target === done.current || index < 0) return
    done.current = target
    toIndex(index, 'middle')
  }, [target, index, toIndex])
  return index
}

/** One tab stop for the whole list; arrows move between messages, Enter opens the actions of one. */
function useRovingRow(
  count: number,
  scrollToIndex: (index: number) => void,
  viewport: { current: HTMLElement | null },
) {
  const [active, setActive] = useState<number | null>(null)
  const current = active === null || active >= count ? count - 1 : active

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const article = event.target as HTMLElement
    if (article.tagName !== 'ARTICLE') return
    if (event.key === 'Enter') {
      article.querySelector<HTMLElement>('[aria-haspopup=menu]')?.click()
      event.preventDefault()
    }
    const next = nextIndex(event.key, current, count)
    if (next === null) return
    event.preventDefault()
    setActive(next)
    scrollToIndex(next)
    requestAnimationFrame(() => {
      const row = viewport.current?.querySelector<HTMLElement>(`[aria-posinset="${next + 1}"]`)
      row?.focus({ preventScroll: true })
    })
  }

  return { onKeyDown, tabIndexOf: (index: number) => (index === current ? 0 : -1) }
}

function nextIndex(key: string, index: number, count: number): number | null {
  if (key === 'ArrowUp') return Math.max(0, index - 1)
  if (key === 'ArrowDown') return Math.min(count - 1, index + 1)
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  return null
}

/** Reads new messages of others aloud; scrolling through old ones is silent. */
function Announcer({ messages }: { messages: readonly Message[] }) {
  const last = messages.at(-1)
  const opened = useRef(last?.key)
  const isNews = last !== undefined && !last.is_own && last.key !== opened.current
  return (
    <span role="log" aria-live="polite" className={styles.announcer}>
      {isNews ? `${last.sender.name}: ${last.content.slice(0, 280)}` : ''}
    </span>
  )
}

function NoMessages() {
  const { words } = useWords()
  return <EmptyState icon="chat" title={words.noMessages} hint={words.noMessagesHint} />
}

function LoadError({ error, onLoadOlder }: MessageListViewProps) {
  const { words } = useWords()
  return (
    <EmptyState icon="alert" title={words.loadFailed} hint={error ? words.problem(error) : ''}>
      <Button variant="outline" icon="retry" onClick={onLoadOlder}>
        {words.retry}
      </Button>
    </EmptyState>
  )
}
