'use client'

import { useMemo } from 'react'
import type { Presence, UserId } from '../../client'
import { useOnlineStatus } from '../../hooks'
import { Avatar } from '../ui/Avatar'
import { RelativeTime } from '../ui/RelativeTime'
import { useWords } from '../words'
import styles from './OnlineStatus.module.css'

export { ConnectionStatusIndicator } from './ConnectionStatusIndicator'

export interface OnlineStatusProps {
  userId: UserId
  variant?: 'text' | 'dot'
}

export function OnlineStatus({ userId, variant = 'text' }: OnlineStatusProps) {
  const userIds = useMemo(() => [userId], [userId])
  const { isUserOnline, lastSeen } = useOnlineStatus({ userIds })
  return (
    <OnlineStatusView
      isOnline={isUserOnline(userId)}
      lastSeen={lastSeen(userId)}
      variant={variant}
    />
  )
}

export interface BulkOnlineStatusProps {
  people: readonly { readonly id: UserId; readonly name: string }[]
  max?: number
}

export function BulkOnlineStatus({ people, max = 5 }: BulkOnlineStatusProps) {
  const userIds = useMemo(() => people.map((person) => person.id), [people])
  const { isUserOnline, lastSeen } = useOnlineStatus({ userIds })
  const known = people.map(({ id, name }) => ({
    user_id: id,
    user_name: name,
    is_online: isUserOnline(id),
    last_seen: lastSeen(id),
  }))
  return <BulkOnlineStatusView people={known} max={max} />
}

export interface OnlineStatusViewProps {
  isOnline: boolean
  lastSeen?: string | null
  /** `dot`: a dot with a hidden text, for lists. */
  variant?: 'text' | 'dot'
}

/** A pulse while somebody is there, and when they were last seen while they are not. */
export function OnlineStatusView({
  isOnline,
  lastSeen = null,
  variant = 'text',
}: OnlineStatusViewProps) {
  const { words } = useWords()
  const text = isOnline ? words.online : words.offline
  if (variant === 'dot') {
    return <span role="img" aria-label={text} className={styles.dot} data-online={isOnline} />
  }
  return (
    <span className={styles.status} data-slot="online-status" data-online={isOnline}>
      <span aria-hidden="true" className={styles.dot} data-online={isOnline} />
      {!isOnline && lastSeen ? (
        <span>
          {words.lastSeen} <RelativeTime at={lastSeen} />
        </span>
      ) : (
        text
      )}
    </span>
  )
}

export interface BulkOnlineStatusViewProps {
  people: readonly Presence[]
  /** How many faces are shown before the rest becomes a number. */
  max?: number
}

/** Who of a group is there: faces in a row, online ones first. */
export function BulkOnlineStatusView({ people, max = 5 }: BulkOnlineStatusViewProps) {
  const { words } = useWords()
  const sorted = [...people].sort((a, b) => Number(b.is_online) - Number(a.is_online))
  const online = people.filter((person) => person.is_online).length
  const rest = sorted.length - max
  return (
    <div className={styles.bulk} data-slot="bulk-online-status">
      <ul className={styles.faces}>
        {sorted.slice(0, max).map((person) => (
          <li key={person.user_id} title={person.user_name}>
            <Avatar
              id={person.user_id}
              name={person.user_name}
              size="s"
              online={person.is_online}
            />
            <span className={styles.hidden}>
              {person.user_name}: {person.is_online ? words.online : words.offline}
            </span>
          </li>
        ))}
        {rest > 0 && <li className={styles.rest}>+{rest}</li>}
      </ul>
      <span className={styles.count}>{words.onlineCount(online, people.length)}</span>
    </div>
  )
}
