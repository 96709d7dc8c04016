import { useState } from 'react'
import { SlidersHorizontal } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import { RecordingButton } from '../recording/recording-button.tsx'
import { RecordingStopped } from '../recording/recording-stopped.tsx'
import { Unrecorded } from '../recording/unrecorded.tsx'
import { EditTopic } from './edit-topic.tsx'
import { HostToolsPanel, type HostToolsPanelProps } from './host-tools-panel.tsx'
import { MuteAllButton } from './mute-all-button.tsx'
import styles from './host-tools.module.css'

/** The buttons of hosts that start and stop the recording, and open the host tools; and what went wrong with it. */
export function HostTools(props: Omit<HostToolsPanelProps, 'isOpen' | 'onClose'>) {
  const [isOpen, setOpen] = useState(false)
  const { recordingEnd } = props.view
  return (
    <>
      <EditTopic view={props.view} show={props.show} />
      <RecordingButton view={props.view} room={props.room} />
      <MuteAllButton view={props.view} room={props.room} />
      <AsyncButton variant='quiet' onPress={() => setOpen(true)}>
        <SlidersHorizontal size={18} aria-hidden='true' />
        <span className={styles.label}>Tools</span>
      </AsyncButton>
      <HostToolsPanel {...props} isOpen={isOpen} onClose={() => setOpen(false)} />
      {recordingEnd && recordingEnd !== 'host' && <RecordingStopped reason={recordingEnd} />}
      <Unrecorded view={props.view} />
    </>
  )
}
