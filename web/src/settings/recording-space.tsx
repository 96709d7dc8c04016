import { ambient } from '../ambient.ts'
import { SpaceMeter } from '../library/space-meter.tsx'
import { Section } from '../ui/section.tsx'
import { useLoaded } from '../ui/use-loaded.ts'

/** The space that the recordings of the user's shows take. Left out for people without recordings. */
export function RecordingSpace() {
  const [space] = useLoaded(ambient.recordings.space)
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
