'use client'

import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { useWords } from '../../words'
import styles from './ConversationListView.module.css'

export interface DeleteDialogProps {
  name: string
  onDelete: () => void
  onClose: () => void
}

/** Asks before a conversation disappears. */
export function DeleteDialog({ name, onDelete, onClose }: DeleteDialogProps) {
  const { words } = useWords()
  return (
    <Dialog title={words.deleteConversation} onClose={onClose}>
      <p>
        <strong dir="auto">{name}</strong>
      </p>
      <p>{words.deleteConversationHint}</p>
      <div className={styles.dialogButtons}>
        <Button variant="outline" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button
          variant="danger"
          icon="trash"
          onClick={() => {
            onDelete()
            onClose()
          }}
        >
          {words.delete}
        </Button>
      </div>
    </Dialog>
  )
}
