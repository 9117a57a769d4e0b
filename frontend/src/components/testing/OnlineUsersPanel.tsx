'use client'

import { useOnlineStatus } from '../../hooks'
import { BulkOnlineStatusView } from '../messaging/OnlineStatus'
import { Avatar } from '../ui/Avatar'
import { useWords } from '../words'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

export function OnlineUsersPanel() {
  const { words } = useWords()
  const labWords = useLabWords()
  const { onlineUsers } = useOnlineStatus()
  return (
    <Panel title={labWords.online}>
      {onlineUsers.length === 0 ? (
        <p>{words.nobodyOnline}</p>
      ) : (
        <>
          <BulkOnlineStatusView people={onlineUsers} />
          <ul className={styles.people} aria-label={labWords.onlineUsers}>
            {onlineUsers.map((user) => (
              <li key={user.user_id}>
                <Avatar id={user.user_id} name={user.user_name} size="s" online />
                <span dir="auto">{user.user_name}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  )
}
