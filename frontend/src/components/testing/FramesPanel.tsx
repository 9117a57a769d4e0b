'use client'

import { useStore } from '../../hooks'
import { clockText, Figure } from './ConnectionMonitor'
import type { Lab } from './Lab'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

const shown = 30

/** The frames on the wire, newest first: types and sizes, never contents. */
export function FramesPanel({ lab }: { lab: Lab }) {
  const words = useLabWords()
  const tab = useStore(lab.state, (state) => state.tab)
  const { frames, received, sent, sockets } = useStore(tab.traffic)
  return (
    <Panel title={words.frames} isWide>
      <dl className={styles.figures}>
        <Figure name={words.received} value={`${received}`} />
        <Figure name={words.sent} value={`${sent}`} />
        <Figure name={words.sockets} value={`${sockets}`} />
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ol className={styles.frames} aria-label={words.frames} tabIndex={0}>
        {frames
          .slice(-shown)
          .toReversed()
          .map((frame) => (
            <li key={frame.number} data-direction={frame.direction}>
              <time>{clockText(frame.at)}</time>
              <span aria-label={frame.direction === 'in' ? words.received : words.sent} role="img">
                {frame.direction === 'in' ? '↓' : '↑'}
              </span>
              <code>{frame.type}</code>
              <span>{frame.size} B</span>
            </li>
          ))}
      </ol>
    </Panel>
  )
}
