import type { ShowSettingsPatch } from '../../../client/index.ts'
import { SwitchField } from '../ui/switch-field.tsx'
import styles from './recording.module.css'

interface BroadcastSwitchesProps {
  settings: ShowSettingsPatch
  /** Only public shows can be a stream. */
  isPublic: boolean
  /** Leaves out the switch of the recording, which a live show has elsewhere. */
  isLive?: boolean
  onChange: (change: ShowSettingsPatch) => void
}

/** The settings of a show's recording and of its stream. */
export function BroadcastSwitches({ settings, isPublic, isLive = false, onChange }: BroadcastSwitchesProps) {
  return (
    <div className={styles.switches}>
      {!isLive && (
        <SwitchField
          label='Record the show'
          hint='Starts with the show. Everyone sees it.'
          isOn={settings.record ?? false}
          onChange={record => onChange({ record })}
        />
      )}
      {isPublic && (
        <SwitchField
          label='Also as a stream for radio apps'
          hint='Songs are heard there only if their owner allows it.'
          isOn={settings.program ?? false}
          onChange={program => onChange({ program })}
        />
      )}
    </div>
  )
}
