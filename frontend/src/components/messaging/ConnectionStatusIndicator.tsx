'use client'

import { useEffect, useState } from 'react'
import type { ConnectionInfo } from '../../client'
import { useWebSocket } from '../../hooks'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { useWords, type Words } from '../words'
import styles from './ConnectionStatusIndicator.module.css'

export interface ConnectionStatusIndicatorProps {
  variant?: 'badge' | 'banner'
}

export function ConnectionStatusIndicator({ variant = 'badge' }: ConnectionStatusIndicatorProps) {
  const { connection, connect } = useWebSocket()
  return (
    <ConnectionStatusIndicatorView
      connection={connection}
      variant={variant}
      onReconnect={connect}
    />
  )
}

export interface ConnectionStatusIndicatorViewProps {
  connection: ConnectionInfo
  /** `badge`: a dot and a word. `banner`: a strip that appears only when something is wrong. */
  variant?: 'badge' | 'banner'
  onReconnect?: () => void
}

type Tone = 'good' | 'busy' | 'bad'

export function connectionText(connection: ConnectionInfo, words: Words): string {
  if (connection.status === 'connected' && !connection.synced) return words.connection.catchingUp
  return words.connection[connection.status]
}

export function connectionTone({ status, synced }: ConnectionInfo): Tone {
  if (status === 'connected') return synced ? 'good' : 'busy'
  return status === 'connecting' || status === 'reconnecting' || status === 'api_only'
    ? 'busy'
    : 'bad'
}

/** How the connection is doing, in words that say what it means for the person. */
export function ConnectionStatusIndicatorView({
  connection,
  variant = 'badge',
  onReconnect,
}: ConnectionStatusIndicatorViewProps) {
  const { words } = useWords()
  const text = connectionText(connection, words)
  if (variant === 'badge') {
    return (
      <span role="status" className={styles.badge} data-tone={connectionTone(connection)}>
        <span aria-hidden="true" className={styles.dot} />
        <span data-slot="connection-word">{text}</span>
      </span>
    )
  }
  return (
    <div role="status" className={styles.region}>
      {needsBanner(connection) && (
        <Banner connection={connection} text={text} {...(onReconnect && { onReconnect })} />
      )}
    </div>
  )
}

function needsBanner({ status }: ConnectionInfo): boolean {
  return status !== 'connected' && status !== 'connecting'
}

interface BannerProps {
  connection: ConnectionInfo
  text: string
  onReconnect?: () => void
}

function Banner({ connection, text, onReconnect }: BannerProps) {
  const { words } = useWords()
  const { status } = connection
  const hint = status in words.connectionHint ? words.connectionHint[status as HintStatus] : ''
  const canReconnect = onReconnect && (status === 'reconnecting' || status === 'disconnected')
  return (
    <div className={styles.banner} data-tone={connectionTone(connection)}>
      <Icon name={status === 'error' ? 'alert' : 'wifiOff'} />
      <p className={styles.text}>
        <strong>{text}</strong> <span>{hint}</span> <Countdown at={connection.retryAt} />
      </p>
      {canReconnect && (
        <Button size="s" variant="outline" icon="retry" onClick={onReconnect}>
          {words.reconnectNow}
        </Button>
      )}
    </div>
  )
}

type HintStatus = keyof Words['connectionHint']

/** Renders alone, once a second, and is not read aloud each time. */
function Countdown({ at }: { at: number | null }) {
  const { words } = useWords()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    if (at === null) return
    const update = () => setSeconds(Math.max(0, Math.ceil((at - Date.now()) / 1000)))
    update()
    const timer = setInterval(update, 1000)
    return () => clearInterval(timer)
  }, [at])
  if (at === null || seconds === 0) return null
  return (
    <span aria-hidden="true" className={styles.countdown}>
      {words.nextAttempt(seconds)}
    </span>
  )
}
