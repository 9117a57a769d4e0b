'use client'

import type { Reaction } from '../../client'
import { useWords } from '../words'
import styles from './MessageReactions.module.css'

export interface MessageReactionsProps {
  reactions: readonly Reaction[]
  userId: number | null
  onToggle: (emoji: string, op: 'add' | 'remove') => void
}

export function MessageReactions({ reactions, userId, onToggle }: MessageReactionsProps) {
  const { words } = useWords()
  return (
    <ul className={styles.reactions}>
      {reactions.map(({ emoji, user_ids }) => {
        const isMine = userId !== null && user_ids.includes(userId)
        return (
          <li key={emoji}>
            <button
              type="button"
              className={styles.reaction}
              aria-pressed={isMine}
              aria-label={words.reactionBy(emoji, user_ids.length, isMine)}
              onClick={() => onToggle(emoji, isMine ? 'remove' : 'add')}
            >
              <span>{emoji}</span>
              {user_ids.length > 1 && <span>{user_ids.length}</span>}
            </button>
          </li>
        )
      })}
    </ul>
  )
}
