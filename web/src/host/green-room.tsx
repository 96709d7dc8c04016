import { lazy, useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Choice } from '../parts/choice.tsx'
import { Field } from '../parts/field.tsx'
import { Later } from '../parts/later.tsx'
import { Skeleton } from '../parts/listing.tsx'
import { Share } from '../stage/share.tsx'
import { SourcePicker } from '../microphone/source-picker.tsx'
import { Invitations } from './invitations.tsx'
import styles from './green-room.module.css'

// The microphone comes first; the list may take a moment longer.
const PlaylistSection = lazy(async () => ({
  default: (await import('../playlist/playlist-section.tsx')).PlaylistSection
}))

interface GreenRoomProps {
  show: Show
  onLive: (show: Show, voice: MediaStreamTrack) => void
}

const visibilities = { public: 'Anybody', unlisted: 'Who has the link', private: 'Only who I invite' } as const

/** Before going live: the title, who may come, a microphone that is known to work, and what is to be played. */
export function GreenRoom({ show, onLive }: GreenRoomProps) {
  const [title, setTitle] = useState(show.title)
  const [visibility, setVisibility] = useState(show.visibility)
  const [fault, setFault] = useState<string | null>(null)

  /** Holds at once: invitations are to a show that is private already. */
  async function choose(next: Show['visibility']) {
    setFault(null)
    setVisibility(next)
    await ambient.shows.patch(show.id, { visibility: next }).catch((error: unknown) => {
      setVisibility(visibility)
      setFault(error instanceof Error ? error.message : String(error))
    })
  }

  async function goLive(voice: MediaStreamTrack) {
    try {
      await ambient.shows.patch(show.id, { title, visibility })
      onLive(await ambient.shows.start(show.id), voice)
    } catch (error) {
      voice.stop()
      throw error
    }
  }

  return (
    <section className={styles.room}>
      <title>Get ready · Ambient</title>
      <h1>Get ready</h1>
      <div className={styles.own}>
        <Field label='Title of the show' value={title} onChange={setTitle} limit={120} isRequired />
        <Choice
          label='Who can find it'
          options={visibilities}
          value={visibility}
          onChange={chosen => {
            choose(chosen)
          }}
        />
        {fault && (
          <p role='alert' className={styles.fault}>
            {fault}
          </p>
        )}
        {visibility === 'private' ? (
          <Invitations showId={show.id} />
        ) : (
          <div className={styles.share}>
            <Share showId={show.id} title={title} />
            <span>Invite people before you begin.</span>
          </div>
        )}
        <SourcePicker confirm='Go live' onConfirm={goLive} />
      </div>
      <div className={styles.music}>
        <Later fallback={<Skeleton />}>
          <PlaylistSection showId={show.id} />
        </Later>
      </div>
    </section>
  )
}
