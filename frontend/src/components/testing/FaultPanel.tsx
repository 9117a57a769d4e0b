'use client'

import { useStore } from '../../hooks'
import { Button } from '../ui/Button'
import type { Lab } from './Lab'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

const slowMs = 1_500

/** Faults of the network of this page only. */
export function FaultPanel({ lab }: { lab: Lab }) {
  const words = useLabWords()
  const { network } = useStore(lab.state, (state) => state.tab)
  const { isFrozen, isBlocked, isDuplicating, delayMs } = useStore(network.faults)
  return (
    <Panel title={words.faults}>
      <div className={styles.buttons}>
        <Button size="s" variant="outline" onClick={network.cut}>
          {words.cut}
        </Button>
        <Switch
          label={words.freeze}
          isOn={isFrozen}
          onChange={(isOn) => network.set({ isFrozen: isOn })}
        />
        <Switch
          label={words.delay}
          isOn={delayMs > 0}
          onChange={(isOn) => network.set({ delayMs: isOn ? slowMs : 0 })}
        />
        <Switch
          label={words.duplicate}
          isOn={isDuplicating}
          onChange={(isOn) => network.set({ isDuplicating: isOn })}
        />
        <Switch
          label={words.block}
          isOn={isBlocked}
          onChange={(isOn) => {
            network.set({ isBlocked: isOn })
            if (isOn) network.cut()
          }}
        />
        <Button size="s" variant="outline" onClick={lab.expireToken}>
          {words.expireToken}
        </Button>
        <Button size="s" variant="outline" onClick={lab.killTab}>
          {words.killTab}
        </Button>
      </div>
    </Panel>
  )
}

interface SwitchProps {
  label: string
  isOn: boolean
  onChange: (isOn: boolean) => void
}

function Switch({ label, isOn, onChange }: SwitchProps) {
  return (
    <Button
      size="s"
      variant={isOn ? 'danger' : 'outline'}
      aria-pressed={isOn}
      onClick={() => onChange(!isOn)}
    >
      {label}
    </Button>
  )
}
