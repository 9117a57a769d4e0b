'use client'

import { memo } from 'react'
import type { Message } from '../../../client'
import { useNow } from '../../ui/clock'
import { formatDay, formatTime } from '../../ui/time'
import { useWords } from '../../words'
import { type MessageActions, MessageBubble } from '../MessageBubble'
import type { Row } from '../messageGroups'
import styles from './MessageListView.module.css'

export interface MessageListRowProps {
  row: Row
  /** Marked as the one that was looked for. */
  isTarget: boolean
  tabIndex: number
  actions: MessageActions
  userId: number | null
  repliedTo: Message | null
  showSender: boolean
}

/**
 * A row whose place, `aria-posinset` included, is set by the list. Renders again only when something of its
 * own has changed: not when rows come above it.
 */
export const MessageListRow = memo(function MessageListRow(props: MessageListRowProps) {
  const { row, isTarget, tabIndex, ...rest } = props
  const { words, locale } = useWords()
  const place = {
    className: styles.row,
    'data-target': isTarget || undefined,
  }
  if (row.kind !== 'message') {
    return (
      <div {...place} role="presentation">
        {row.kind === 'day' ? <DaySeparator at={row.at} /> : <UnreadLine />}
      </div>
    )
  }
  return (
    <article
      {...place}
      aria-label={articleLabel(row.message, locale, words.you)}
      aria-setsize={-1}
      tabIndex={tabIndex}
    >
      <MessageBubble
        message={row.message}
        startsGroup={row.startsGroup}
        endsGroup={row.endsGroup}
        {...rest}
      />
    </article>
  )
})

function articleLabel(message: Message, locale: string, you: string): string {
  const name = message.is_own ? you : message.sender.name
  return `${name}, ${formatTime(message.created_at, locale)}`
}

const DaySeparator = memo(function DaySeparator({ at }: { at: string }) {
  const { locale } = useWords()
  return (
    <p className={styles.day}>
      <span>{formatDay(at, useNow(), locale)}</span>
    </p>
  )
})

const UnreadLine = memo(function UnreadLine() {
  const { words } = useWords()
  return (
    <p className={styles.unread}>
      <span>{words.newMessages}</span>
    </p>
  )
})
