import { useCallback, useEffect, useState } from 'react'
import type { ShowProgram } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { formatCounted } from '../format/count.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { useRepeated } from '../ui/use-repeated.ts'
import { CopyField } from './copy-field.tsx'
import { embedCode } from './embed-code.ts'
import styles from './program-dialog.module.css'

/** The interval in which the number of listeners is loaded again. */
const refreshMs = 10_000

interface ProgramDialogProps {
  showId: string
  title: string
  onClose: () => void
}

/** The addresses of a show's stream, which player each is for, and how many people hear the stream. */
export function ProgramDialog({ showId, title, onClose }: ProgramDialogProps) {
  const { program, error, load } = useProgram(showId)
  return (
    <Dialog title='Put this show elsewhere' isOpen isWide onClose={onClose}>
      {program && (
        <p role='status' className={styles.state}>
          {program.on
            ? `On air. About ${formatCounted(program.listeners, 'person hears', 'people hear')} the stream.`
            : 'The links play while the show is live and its stream is switched on. They stay the same, so you can give them away before.'}
        </p>
      )}
      {error !== null && (
        <div role='alert' className={styles.state}>
          <p>{error}</p>
          <AsyncButton onPress={load}>Try again</AsyncButton>
        </div>
      )}
      {program && (
        <>
          <CopyField label='MP3' hint='For radio apps, smart speakers and internet radios.' value={program.urls.mp3} />
          <CopyField label='AAC' hint='For radio apps and cars: as good with less data.' value={program.urls.aac} />
          <CopyField label='HLS' hint='For phones, iPhones first, and for video players.' value={program.urls.hls} />
          <CopyField label='Ogg Opus' hint='The best sound, but not on Apple devices.' value={program.urls.opus} />
        </>
      )}
      <CopyField
        label='Player for a website'
        hint='Put this HTML into a page. After the show, the player has its published replay.'
        value={embedCode(window.location.origin, showId, title)}
      />
      <DialogButtons>
        <AsyncButton onPress={onClose}>Close</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

/** Loads the stream of a show again and again. After an error, the last answer stays. */
function useProgram(showId: string) {
  const [program, setProgram] = useState<ShowProgram | null>(null)
  const [error, setError] = useState<string | null>(null)
  const load = useCallback(async () => {
    try {
      setProgram(await ambient.shows.program(showId))
      setError(null)
    } catch (error) {
      setError(errorMessage(error))
    }
  }, [showId])
  useEffect(() => {
    load()
  }, [load])
  useRepeated(load, refreshMs)
  return { program, error, load }
}
