'use client'

import type { Conversation } from '../../client'
import { useClient, useStore } from '../../hooks'
import { Avatar } from '../ui/Avatar'
import { IconButton } from '../ui/IconButton'
import { useWords } from '../words'
import { ConnectionStatusIndicator } from './ConnectionStatusIndicator'
import styles from './ConversationHeader.module.css'
import { nameOf } from './ConversationList'
import { BulkOnlineStatus, OnlineStatus } from './OnlineStatus'

export interface ConversationHeaderProps {
  conversation: Conversation
  onBack?: (() => void) | undefined
  onSearch?: (() => void) | undefined
}

/** Who one talks with, about what, whether they are there, and how the connection is doing. */
export function ConversationHeader({ conversation, onBack, onSearch }: ConversationHeaderProps) {
  const { words } = useWords()
  const partner = conversation.other_participant
  const { connection } = useClient()
  // What was known before the connection went is not true now.
  const isLive = useStore(connection, ({ status }) => status === 'connected')
  const name = nameOf(conversation)
  return (
    <header className={styles.header} data-slot="conversation-header">
      {onBack && (
        <span className={styles.back}>
          <IconButton icon="back" label={words.backToList} onClick={onBack} />
        </span>
      )}
      <Avatar id={partner?.id ?? conversation.id} name={name} image={partner?.avatar ?? null} />
      <div className={styles.text}>
        <h2 className={styles.name} dir="auto">
          {name}
        </h2>
        <div className={styles.facts}>
          {isLive && <WhoIsThere conversation={conversation} />}
          {conversation.service && (
            <span className={styles.service} dir="auto">
              {conversation.service.title}
            </span>
          )}
        </div>
      </div>
      {onSearch && <IconButton icon="search" label={words.searchMessages} onClick={onSearch} />}
      <span className={styles.connection}>
        <ConnectionStatusIndicator />
      </span>
    </header>
  )
}

function WhoIsThere({ conversation }: Pick<ConversationHeaderProps, 'conversation'>) {
  const partner = conversation.other_participant
  if (partner) return <OnlineStatus userId={partner.id} />
  return <BulkOnlineStatus people={conversation.participants} max={3} />
}
