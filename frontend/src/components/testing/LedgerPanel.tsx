'use client'

import { useEffect } from 'react'
import type { ConversationId } from '../../client'
import { useStore } from '../../hooks'
import type { Lab, Ledger } from './Lab'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

const checkMs = 1_000
const columns = ['sent', 'stored', 'delivered', 'shown'] as const

export interface LedgerPanelProps {
  lab: Lab
  conversationId: ConversationId | null
}

/** sent = stored = delivered = shown, compared with the server once a second. */
export function LedgerPanel({ lab, conversationId }: LedgerPanelProps) {
  const words = useLabWords()
  const ledger = useStore(lab.state, (state) => state.ledger)
  useEffect(() => {
    if (conversationId === null) return
    const timer = setInterval(() => void lab.check(conversationId).catch(() => {}), checkMs)
    return () => clearInterval(timer)
  }, [lab, conversationId])
  return (
    <Panel title={words.ledger}>
      <dl className={styles.ledger} data-verdict={verdictOf(ledger)}>
        {columns.map((name) => (
          <div key={name}>
            <dd>{ledger[name]}</dd>
            <dt>{words.columns[name]}</dt>
          </div>
        ))}
      </dl>
      <p role="status" className={styles.verdict} data-verdict={verdictOf(ledger)}>
        {words.verdict[verdictOf(ledger)]}
      </p>
    </Panel>
  )
}

type Verdict = 'idle' | 'equal' | 'waiting' | 'doubled'

export function verdictOf({ sent, stored, delivered, shown, doubled }: Ledger): Verdict {
  if (doubled > 0) return 'doubled'
  if (sent === 0) return 'idle'
  return sent === stored && sent === delivered && sent === shown ? 'equal' : 'waiting'
}
