'use client'

import type { MessageStatus } from '../../client'
import { Icon, type IconName } from '../ui/Icon'
import { useWords } from '../words'
import styles from './MessageStatusMark.module.css'

const icons: Readonly<Record<MessageStatus, IconName>> = {
  queued: 'clock',
  sending: 'clock',
  unknown: 'retry',
  failed: 'alert',
  sent: 'check',
  delivered: 'checks',
  read: 'checks',
}

/** Clock, one tick, two ticks, two bright ticks. */
export function MessageStatusMark({ status }: { status: MessageStatus }) {
  const { words } = useWords()
  const label = words.status[status]
  return (
    <span role="img" aria-label={label} title={label} className={styles.mark} data-status={status}>
      <Icon name={icons[status]} size="s" />
    </span>
  )
}
