'use client'

import { memo } from 'react'
import type { Message } from '../../../client'
import { useNow } from '../../ui/clock'
import { formatDay } from '../../ui/time'
import { useWords } from '../../words'
import { type MessageActions, MessageBubble } from '../MessageBubble'
import type { Row } from '../messageGroups'
import styles from './MessageListView.module.css'

export interface MessageListRowProps {
  row: Row
  actions: MessageActions
  userId: number | null
  repliedTo: Message | null
  showSender: boolean
}

export function MessageListRow({ row, ...rest }: MessageListRowProps) {
  if (row.kind === 'day') return <DaySeparator at={row.at} />
  if (row.kind === 'unread') return <UnreadLine />
  return (
    <MessageBubble
      message={row.message}
      startsGroup={row.startsGroup}
      endsGroup={row.endsGroup}
      {...rest}
    />
  )
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
