'use client'

import type { Message } from '../../../client'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { useWords } from '../../words'
import { quotedText } from '../MessageBubble'
import styles from './MessageComposerView.module.css'

export interface ComposerContextProps {
  replyTo: Message | null
  editing: Message | null
  onCancel: (() => void) | undefined
}

/** What the text that is being written answers or changes. */
export function ComposerContext({ replyTo, editing, onCancel }: ComposerContextProps) {
  const { words } = useWords()
  const message = editing ?? replyTo
  if (!message) return null
  const name = message.is_own ? words.you : message.sender.name
  return (
    <div className={styles.context}>
      <Icon name={editing ? 'edit' : 'reply'} size="s" />
      <p className={styles.contextText}>
        <strong>{editing ? words.editingMessage : words.replyingTo(name)}</strong>
        <span dir="auto">{quotedText(message, words.deletedOther)}</span>
      </p>
      <IconButton
        icon="close"
        size="s"
        label={editing ? words.cancelEdit : words.cancelReply}
        onClick={onCancel}
      />
    </div>
  )
}
