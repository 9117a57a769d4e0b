'use client'

import { useStore } from '../../hooks'
import { Button } from '../ui/Button'
import type { Lab } from './Lab'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

const slowMs = 1_500

/** Faults of the network of this page only. */
export function FaultPanel({ lab }: { lab: Lab }) {
  const { network } = useStore(lab.state, (state) => state.tab)
  const { isFrozen, isBlocked, isDuplicating, delayMs } = useStore(network.faults)
  return (
    <Panel title="Faults">
      <div className={styles.buttons}>
        <Button size="s" variant="outline" onClick={network.cut}>
          Cut
        </Button>
        <Switch
          label="Freeze"
          isOn={isFrozen}
          onChange={(isOn) => network.set({ isFrozen: isOn })}
        />
        <Switch
          label="Delay 1.5 s"
          isOn={delayMs > 0}
          onChange={(isOn) => network.set({ delayMs: isOn ? slowMs : 0 })}
        />
        <Switch
          label="Duplicate"
          isOn={isDuplicating}
          onChange={(isOn) => network.set({ isDuplicating: isOn })}
        />
        <Switch
          label="Block WebSocket"
          isOn={isBlocked}
          onChange={(isOn) => {
            network.set({ isBlocked: isOn })
            if (isOn) network.cut()
          }}
        />
        <Button size="s" variant="outline" onClick={lab.expireToken}>
          Expire token
        </Button>
        <Button size="s" variant="outline" onClick={lab.killTab}>
          Kill tab
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
