import { lazy, useState } from 'react'
import type { Show, ShowSettingsPatch } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { useFocusedMain } from '../layout/use-focused-main.ts'
import { BackstageGuestsButton } from '../backstage/backstage-guests-button.tsx'
import { ProgramLinks } from '../program/program-links.tsx'
import { BroadcastSwitches } from '../recording/broadcast-switches.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { findCurrentRoom, isOnAir } from '../show/current-show.ts'
import { ShareButton } from '../show/share-button.tsx'
import { SourcePicker } from '../microphone/source-picker.tsx'
import { InvitationLinks } from './invitation-links.tsx'
import { errorMessage } from '../errors.ts'
import styles from './green-room.module.css'

// Loaded after the microphone check, which matters more.
const PlaylistSection = lazy(async () => ({
  default: (await import('../playlist/playlist-section.tsx')).PlaylistSection
}))

interface GreenRoomProps {
  show: Show
  /** Whether the button that had the focus was on the page before. */
  takesFocus?: boolean
  onLive: (show: Show, voice: MediaStreamTrack) => void
  /** Opens the stage before the show starts. */
  onBackstage: (voice: MediaStreamTrack) => void
}

const visibilities = {
  public: 'Everyone',
  unlisted: 'Anyone with the link',
  private: 'Only people I invite'
} as const

/** Throws while the user is on stage in another show: a second one would take them off air. */
function refuseWhileOnAir(): void {
  const room = findCurrentRoom()
  if (room && isOnAir(room.view)) {
    throw new Error(`You’re on air in “${room.view.room?.title}”. Leave or end that show first.`)
  }
}

/** The page of a show for its creator before it is live: title, visibility, microphone check and playlist. */
export function GreenRoom({ show, takesFocus = false, onLive, onBackstage }: GreenRoomProps) {
  useFocusedMain(takesFocus)
  const [title, setTitle] = useState(show.title)
  const [visibility, setVisibility] = useState(show.visibility)
  const [settings, setSettings] = useState<ShowSettingsPatch>(show.settings)
  const [error, setError] = useState<string | null>(null)

  /** Saves the visibility at once: invitations can be created only for a show that is already private. */
  async function saveVisibility(next: Show['visibility']) {
    setError(null)
    setVisibility(next)
    await ambient.shows.patch(show.id, { visibility: next }).catch((error: unknown) => {
      setVisibility(visibility)
      setError(errorMessage(error))
    })
  }

  async function save() {
    refuseWhileOnAir()
    const { record = false, program = false } = settings
    await ambient.shows.patch(show.id, { title, visibility, settings: { record, program } })
  }

  async function meetBackstage(voice: MediaStreamTrack) {
    try {
      await save()
      onBackstage(voice)
    } catch (error) {
      voice.stop()
      throw error
    }
  }

  async function goLive(voice: MediaStreamTrack) {
    try {
      await save()
      onLive(await ambient.shows.start(show.id), voice)
    } catch (error) {
      voice.stop()
      throw error
    }
  }

  return (
    <section className={styles.greenRoom}>
      <title>Get ready · Ambient</title>
      <h1>Get ready</h1>
      <div className={styles.setup}>
        <TextField label='Show title' value={title} onChange={setTitle} limit={120} isRequired />
        <SelectField
          label='Who can find it'
          options={visibilities}
          value={visibility}
          onChange={selected => {
            saveVisibility(selected)
          }}
        />
        {error && (
          <p role='alert' className={styles.error}>
            {error}
          </p>
        )}
        {visibility === 'private' ? (
          <InvitationLinks showId={show.id} />
        ) : (
          <div className={styles.share}>
            <ShareButton showId={show.id} title={title} />
            <span>Invite people before you start.</span>
          </div>
        )}
        <BroadcastSwitches
          settings={settings}
          isPublic={visibility === 'public'}
          onChange={change => setSettings({ ...settings, ...change })}
        />
        {visibility === 'public' && settings.program === true && <ProgramLinks showId={show.id} title={title} />}
        <BackstageGuestsButton showId={show.id} />
        <SourcePicker
          confirmLabel='Go live'
          onConfirm={goLive}
          other={{ label: 'Meet backstage', onPress: meetBackstage }}
        />
      </div>
      <div className={styles.playlist}>
        <LazyBoundary fallback={<Skeleton />}>
          <PlaylistSection showId={show.id} />
        </LazyBoundary>
      </div>
    </section>
  )
}
