import { useEffect, useState } from 'react'
import type { RecordingSpace as Space } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { SpaceMeter } from '../library/space-meter.tsx'
import { Section } from '../ui/section.tsx'

/** The space that the recordings of the user's shows take. Left out for people without recordings. */
export function RecordingSpace() {
  const [space, setSpace] = useState<Space | null>(null)
  useEffect(() => {
    let isCurrent = true
    ambient.recordings.space().then(
      loaded => {
        if (isCurrent) setSpace(loaded)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [])
  if (!space || space.usedBytes === 0) return null
  return (
    <Section title='Recordings of your shows'>
      <SpaceMeter
        space={space}
        label='Recording storage'
        advice='Delete replays that you no longer need to make room.'
      />
    </Section>
  )
}
