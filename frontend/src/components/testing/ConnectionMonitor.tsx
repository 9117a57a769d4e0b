'use client'

import { useStore, useWebSocket } from '../../hooks'
import { ConnectionStatusIndicatorView } from '../messaging/ConnectionStatusIndicator'
import { Button } from '../ui/Button'
import { useWords } from '../words'
import type { Lab } from './Lab'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

export function ConnectionMonitor({ lab }: { lab: Lab }) {
  const { words } = useWords()
  const labWords = useLabWords()
  const { connection, connect, disconnect } = useWebSocket()
  const history = useStore(lab.state, (state) => state.history)
  const isStopped = connection.status === 'disconnected'
  return (
    <Panel title={labWords.connection}>
      <p className={styles.line}>
        <ConnectionStatusIndicatorView connection={connection} />
        <Button size="s" variant="outline" onClick={isStopped ? connect : disconnect}>
          {isStopped ? labWords.connect : labWords.disconnect}
        </Button>
      </p>
      <dl className={styles.figures}>
        <Figure name={labWords.latency} value={latencyText(connection.latencyMs, words.latency)} />
        <Figure name={labWords.reconnects} value={`${connection.reconnects}`} />
        <Figure name={labWords.attempt} value={`${connection.attempt}`} />
        <Figure name={labWords.closeCode} value={`${connection.closeCode ?? '–'}`} />
      </dl>
      <h3>{labWords.states}</h3>
      <ol className={styles.history} aria-label={labWords.stateHistory}>
        {history.toReversed().map((change) => (
          <li key={`${change.at}-${change.status}`}>
            <time>{clockText(change.at)}</time>
            <span>{words.connection[change.status]}</span>
            {change.closeCode !== null && <code>{change.closeCode}</code>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}

export function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function latencyText(ms: number | null, format: (ms: number) => string): string {
  return ms === null ? '–' : format(Math.round(ms))
}

export function clockText(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
