'use client'

import type { ReactNode } from 'react'
import type { ConversationId, Role } from '../../client'
import { EmptyState } from '../ui/EmptyState'
import { useWords } from '../words'
import styles from './ChatPage.module.css'
import { ConversationList } from './ConversationList'
import { ConversationPane } from './ConversationPane'
import { useMessageToasts } from './useMessageToasts'

export interface ChatPageProps {
  /** The open conversation; null shows the list. */
  conversationId: ConversationId | null
  onOpen: (id: ConversationId) => void
  onClose: () => void
  /** Shown where there are no conversations yet. */
  emptyAction?: ReactNode
  /** Of this user; not needed where there are conversations. */
  role?: Role
}

/** The whole chat: list and conversation side by side, one of them on a phone. */
export function ChatPage({ conversationId, onOpen, onClose, emptyAction, role }: ChatPageProps) {
  const { words } = useWords()
  useMessageToasts(conversationId, onOpen)
  return (
    <div className={styles.chat} data-slot="chat-page" data-open={conversationId !== null}>
      <div className={styles.list}>
        <ConversationList
          selectedId={conversationId}
          onSelect={onOpen}
          emptyAction={emptyAction}
          role={role}
        />
      </div>
      <div className={styles.conversation}>
        {conversationId === null ? (
          <EmptyState
            icon="chat"
            title={words.chooseConversation}
            hint={words.chooseConversationHint}
          />
        ) : (
          <ConversationPane key={conversationId} conversationId={conversationId} onBack={onClose} />
        )}
      </div>
    </div>
  )
}
