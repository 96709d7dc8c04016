import { useSyncExternalStore } from 'react'
import { SwitchField } from '../ui/switch-field.tsx'
import { shortcuts } from './shortcut-list.ts'
import { areShortcutsOn, subscribeShortcuts, switchShortcuts } from './stored-shortcuts.ts'
import styles from './shortcut-table.module.css'

/** All shortcuts, and the switch that turns them off. */
export function ShortcutTable() {
  const isOn = useSyncExternalStore(subscribeShortcuts, areShortcutsOn)
  return (
    <>
      <dl className={styles.list}>
        {shortcuts.map(({ key, text }) => (
          <div key={key} className={styles.shortcut}>
            <dt>
              <kbd className={styles.key}>{key.toUpperCase()}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <SwitchField
        label='Single-key shortcuts'
        hint='On the page of a live show, in this browser. They never work while you type.'
        isOn={isOn}
        onChange={switchShortcuts}
      />
    </>
  )
}
