'use client'

import { type CSSProperties, memo } from 'react'
import type { Message, MessageId } from '../../client'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { hueVariable } from '../ui/hue'
import { formatFullTime, formatTime } from '../ui/time'
import { useWords } from '../words'
import { MessageActionsMenu } from './MessageActionsMenu'
import { MessageAttachments } from './MessageAttachments'
import styles from './MessageBubble.module.css'
import { MessageReactions } from './MessageReactions'
import { MessageStatusMark } from './MessageStatusMark'
import { MessageText, tucksTime } from './MessageText'

/** All functions must be stable: a bubble renders again only when its own message changed. */
export interface MessageActions {
  onReply?: (message: Message) => void
  onReact?: (id: MessageId, emoji: string, op: 'add' | 'remove') => void
  onEdit?: (message: Message) => void
  onRemove?: (id: MessageId, scope: 'me' | 'all') => void
  onRetry?: (key: string) => void
  onDiscard?: (key: string) => void
  onCopy?: (text: string) => void
}

export interface MessageBubbleProps {
  message: Message
  actions: MessageActions
  /** Who I am, to tell my reactions. */
  userId: number | null
  /** What this message answers, when it is loaded. */
  repliedTo?: Message | null
  startsGroup?: boolean
  endsGroup?: boolean
  /** Shows name and face of others: for groups of people. */
  showSender?: boolean
}

export const MessageBubble = memo(function MessageBubble({
  message,
  actions,
  userId,
  repliedTo = null,
  startsGroup = true,
  endsGroup = true,
  showSender = false,
}: MessageBubbleProps) {
  const { words, locale } = useWords()
  if (message.message_type === 'system') return <SystemLine text={message.content} />
  const time = formatTime(message.created_at, locale)
  const isFailed = message.status === 'failed'
  const showsFace = showSender && !message.is_own
  return (
    <div
      className={styles.line}
      data-own={message.is_own}
      data-starts={startsGroup}
      data-ends={endsGroup}
      data-status={message.status}
    >
      {showsFace && (
        <span className={styles.face}>
          {endsGroup && (
            <Avatar
              id={message.sender.id}
              name={message.sender.name}
              image={message.sender.avatar}
              size="s"
            />
          )}
        </span>
      )}
      <div className={styles.column}>
        <div
          className={styles.bubble}
          data-deleted={message.is_deleted}
          data-tucked={!message.is_deleted && tucksTime(message.content)}
          style={{ '--meta': metaWidth(message, time, words.edited) } as CSSProperties}
        >
          {showsFace && startsGroup && (
            <p
              className={styles.sender}
              dir="auto"
              style={{ color: hueVariable(message.sender.id) }}
            >
              {message.sender.name}
            </p>
          )}
          {message.is_deleted ? (
            <p className={styles.deleted}>
              {message.is_own ? words.deletedOwn : words.deletedOther}
            </p>
          ) : (
            <>
              {message.reply_to !== null && <Quote message={repliedTo} />}
              <MessageAttachments attachments={message.attachments} />
              <MessageText text={message.content} />
            </>
          )}
          <p className={styles.meta}>
            {message.edited_at && !message.is_deleted && <span>{words.edited}</span>}
            <time dateTime={message.created_at} title={formatFullTime(message.created_at, locale)}>
              {time}
            </time>
            {message.is_own && !message.is_deleted && <MessageStatusMark status={message.status} />}
          </p>
        </div>
        {message.reactions.length > 0 && !message.is_deleted && (
          <MessageReactions
            reactions={message.reactions}
            userId={userId}
            onToggle={(emoji, op) => {
              if (message.id !== null) actions.onReact?.(message.id, emoji, op)
            }}
          />
        )}
        {isFailed && <FailedNote message={message} actions={actions} />}
      </div>
      {!isFailed && !message.is_deleted && (
        <MessageActionsMenu
          message={message}
          userId={userId}
          actions={actions}
          className={styles.menu}
        />
      )}
    </div>
  )
})

/** How much of the last line the time, the ticks and "edited" need. */
function metaWidth({ edited_at, is_own }: Message, time: string, edited: string): string {
  const letters = time.length + (edited_at ? edited.length + 1 : 0)
  return `${letters * 0.46 + (is_own ? 2 : 0.75)}rem`
}

function SystemLine({ text }: { text: string }) {
  return (
    <p className={styles.system} dir="auto">
      {text}
    </p>
  )
}

function Quote({ message }: { message: Message | null }) {
  const { words } = useWords()
  return (
    <blockquote className={styles.quote}>
      {message && <cite className={styles.cite}>{message.sender.name}</cite>}
      <span className={styles.quoted} dir="auto">
        {message ? quotedText(message, words.deletedOther) : words.originalMissing}
      </span>
    </blockquote>
  )
}

export function quotedText(message: Message, deleted: string): string {
  if (message.is_deleted) return deleted
  return message.content || message.attachments.map((attachment) => attachment.name).join(', ')
}

function FailedNote({ message, actions }: { message: Message; actions: MessageActions }) {
  const { words } = useWords()
  return (
    <div className={styles.failed}>
      <span>{message.error ? words.problem(message.error) : words.status.failed}</span>
      <Button size="s" variant="quiet" onClick={() => actions.onRetry?.(message.key)}>
        {words.retry}
      </Button>
      <Button size="s" variant="quiet" onClick={() => actions.onDiscard?.(message.key)}>
        {words.discard}
      </Button>
    </div>
  )
}
