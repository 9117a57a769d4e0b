'use client'

import { useEffect, useState } from 'react'
import type { Conversation, Role } from '../../../client'
import { IconButton } from '../../ui/IconButton'
import { notify } from '../../ui/notify'
import { useWords } from '../../words'
import styles from './ConversationListView.module.css'

export interface ConversationListHeaderProps {
  /** undefined while it is not known. */
  role: Role | undefined
  conversations: readonly Conversation[]
}

/** Customers see their providers here, providers the customers who wait for an answer. */
export function ConversationListHeader({ role, conversations }: ConversationListHeaderProps) {
  const { words } = useWords()
  const waiting = conversations.filter(isWaiting).length
  return (
    <header className={styles.header}>
      <div className={styles.headerText}>
        <h2>{role ? words.roleView[role] : words.conversations}</h2>
        {role === 'provider' && waiting > 0 && (
          <p className={styles.waiting}>{words.customersWaiting(waiting)}</p>
        )}
      </div>
      <NotificationButton />
    </header>
  )
}

function isWaiting({ unread_count, is_archived, is_muted }: Conversation): boolean {
  return unread_count > 0 && !is_archived && !is_muted
}

/** Asks once; browsers want a press of a button for it. */
function NotificationButton() {
  const { words } = useWords()
  const [isOffered, setOffered] = useState(false)
  useEffect(() => setOffered('Notification' in window && Notification.permission === 'default'), [])
  if (!isOffered) return null
  const ask = async () => {
    const isGranted = (await Notification.requestPermission()) === 'granted'
    setOffered(Notification.permission === 'default')
    const text = isGranted ? words.notifications.on : words.notifications.off
    notify({ tone: isGranted ? 'success' : 'info', text, id: 'notifications' })
  }
  return (
    <IconButton
      icon="bell"
      label={words.notifications.ask}
      title={`${words.notifications.ask}. ${words.notifications.hint}`}
      onClick={() => void ask()}
    />
  )
}
