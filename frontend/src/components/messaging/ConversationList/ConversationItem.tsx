'use client'

import { memo } from 'react'
import type { Conversation, ConversationId, ReadableStore, Typist } from '../../../client'
import { useStore } from '../../../hooks/useStore'
import { Avatar } from '../../ui/Avatar'
import { useNow } from '../../ui/clock'
import { Icon } from '../../ui/Icon'
import { Menu, type MenuItem } from '../../ui/Menu'
import { formatShort } from '../../ui/time'
import { VisuallyHidden } from '../../ui/VisuallyHidden'
import { useWords, type Words } from '../../words'
import styles from './ConversationItem.module.css'
import { nameOf } from './conversationFilter'

export interface ConversationActions {
  onSelect: (id: ConversationId) => void
  onPin: (id: ConversationId, pinned: boolean) => void
  onMute: (id: ConversationId, muted: boolean) => void
  onArchive: (id: ConversationId, archived: boolean) => void
  onAskRemove: (conversation: Conversation) => void
}

export interface ConversationItemProps {
  conversation: Conversation
  isSelected: boolean
  /** null where presence has no meaning (groups). */
  isOnline: boolean | null
  /** Who types there now. */
  typists?: ReadableStore<readonly Typist[]> | undefined
  actions: ConversationActions
}

export const ConversationItem = memo(function ConversationItem({
  conversation,
  isSelected,
  isOnline,
  typists,
  actions,
}: ConversationItemProps) {
  const { words } = useWords()
  const name = nameOf(conversation)
  const partner = conversation.other_participant
  return (
    <li className={styles.item} data-selected={isSelected}>
      <button
        type="button"
        data-conversation={conversation.id}
        aria-current={isSelected ? 'page' : undefined}
        className={styles.open}
        onClick={() => actions.onSelect(conversation.id)}
      >
        <Avatar
          id={partner?.id ?? conversation.id}
          name={name}
          image={partner?.avatar ?? null}
          {...(isOnline !== null && { online: isOnline })}
        />
        <span className={styles.text}>
          <span className={styles.top}>
            <span className={styles.name} dir="auto">
              {name}
            </span>
            <LastTime at={conversation.last_message_at} />
          </span>
          {conversation.service && (
            <span className={styles.service} dir="auto">
              {conversation.service.title}
            </span>
          )}
          <span className={styles.bottom}>
            <Preview text={conversation.last_message_preview} typists={typists} />
            <Marks conversation={conversation} />
          </span>
        </span>
        {isOnline && <VisuallyHidden>{words.online}</VisuallyHidden>}
      </button>
      <Menu
        label={words.actionsFor(name)}
        size="s"
        items={() => itemsOf(conversation, actions, words)}
        className={styles.menu}
      />
    </li>
  )
})

const nobody: readonly Typist[] = []
const noTypists: ReadableStore<readonly Typist[]> = {
  getSnapshot: () => nobody,
  subscribe: () => () => {},
}

/** The last message, or who is writing the next one. Typing renders this line and nothing else. */
function Preview({ text, typists }: { text: string } & Pick<ConversationItemProps, 'typists'>) {
  const { words } = useWords()
  const typing = useStore(typists ?? noTypists)
  const isTyping = typing.length > 0
  return (
    <span className={styles.preview} dir="auto" data-typing={isTyping}>
      {isTyping ? words.typing(typing.map(({ user_name }) => user_name)) : text}
    </span>
  )
}

function LastTime({ at }: { at: string | null }) {
  const { locale } = useWords()
  const now = useNow()
  if (!at) return null
  return (
    <time dateTime={at} className={styles.time}>
      {formatShort(at, now, locale)}
    </time>
  )
}

function Marks({ conversation }: { conversation: Conversation }) {
  const { words } = useWords()
  return (
    <span className={styles.marks}>
      {conversation.is_muted && (
        <span role="img" aria-label={words.muted}>
          <Icon name="bellOff" size="s" />
        </span>
      )}
      {conversation.is_pinned && (
        <span role="img" aria-label={words.pinned}>
          <Icon name="pin" size="s" />
        </span>
      )}
      {conversation.unread_count > 0 && (
        <span
          role="img"
          aria-label={words.unread(conversation.unread_count)}
          className={styles.badge}
          data-muted={conversation.is_muted}
        >
          {conversation.unread_count > 99 ? '99+' : conversation.unread_count}
        </span>
      )}
    </span>
  )
}

function itemsOf(
  conversation: Conversation,
  actions: ConversationActions,
  words: Words,
): MenuItem[] {
  const { id, is_pinned, is_muted, is_archived } = conversation
  return [
    {
      label: is_pinned ? words.unpin : words.pin,
      icon: 'pin',
      onSelect: () => actions.onPin(id, !is_pinned),
    },
    {
      label: is_muted ? words.unmute : words.mute,
      icon: is_muted ? 'bell' : 'bellOff',
      onSelect: () => actions.onMute(id, !is_muted),
    },
    {
      label: is_archived ? words.unarchive : words.archive,
      icon: 'archive',
      onSelect: () => actions.onArchive(id, !is_archived),
    },
    {
      label: words.delete,
      icon: 'trash',
      isDanger: true,
      onSelect: () => actions.onAskRemove(conversation),
    },
  ]
}
