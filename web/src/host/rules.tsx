import { useState } from 'react'
import type { RoomView, ShowSettingsPatch } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Choice } from '../parts/choice.tsx'
import styles from './rules.module.css'

const slowModes = {
  0: 'Off',
  5000: '5 seconds',
  15_000: '15 seconds',
  30_000: '30 seconds',
  60_000: '1 minute',
  300_000: '5 minutes'
}
const overSpotify = { on: 'Nobody is heard', off: 'Voices go on' } as const
const duckings = {
  0: 'Songs stay as loud',
  '-6': 'Songs get a little softer',
  '-12': 'Songs get softer',
  '-24': 'Songs get much softer'
}
const atEnds = { stop: 'The music stops', repeat: 'It begins again' } as const
const openOrClosed = { open: 'Open', closed: 'Closed' } as const

/** How the show is run; what is chosen holds at once. */
export function Rules({ view, showId }: { view: RoomView; showId: string }) {
  const [fault, setFault] = useState<string | null>(null)
  /** Chosen, and not yet heard back from the show. */
  const [chosen, setChosen] = useState<ShowSettingsPatch>({})
  if (!view.room) return null
  const settings = { ...view.room.settings, ...chosen }

  async function set(change: ShowSettingsPatch) {
    setFault(null)
    setChosen(change)
    await ambient.shows
      .patch(showId, { settings: change })
      .catch((error: unknown) => setFault(error instanceof Error ? error.message : String(error)))
    setChosen({})
  }

  const slowMode = String(settings.slowModeMs)
  const ducking = String(settings.ducking.on ? settings.ducking.levelDb : 0)
  return (
    <div className={styles.rules}>
      <Choice
        label='Requests to speak'
        options={openOrClosed}
        value={settings.speakRequests}
        onChange={speakRequests => {
          set({ speakRequests })
        }}
      />
      <Choice
        label='Comments'
        options={openOrClosed}
        value={settings.comments}
        onChange={comments => {
          set({ comments })
        }}
      />
      <Choice
        label='Slow mode: time between two comments of one person'
        options={
          Object.hasOwn(slowModes, slowMode)
            ? slowModes
            : { ...slowModes, [slowMode]: `${settings.slowModeMs / 1000} seconds` }
        }
        value={slowMode}
        onChange={ms => {
          set({ slowModeMs: Number(ms) })
        }}
      />
      <Choice
        label='While somebody speaks'
        options={
          Object.hasOwn(duckings, ducking)
            ? duckings
            : { ...duckings, [ducking]: `Songs get ${-Number(ducking)} dB softer` }
        }
        value={ducking}
        onChange={db => {
          set({ ducking: { on: db !== '0', levelDb: db === '0' ? settings.ducking.levelDb : Number(db) } })
        }}
      />
      <Choice
        label='When the playlist has ended'
        options={atEnds}
        value={settings.atEnd}
        onChange={atEnd => {
          set({ atEnd })
        }}
      />
      <Choice
        label='While Spotify plays'
        options={overSpotify}
        value={settings.quietForSpotify ? 'on' : 'off'}
        onChange={quiet => {
          set({ quietForSpotify: quiet === 'on' })
        }}
      />
      {fault && (
        <p role='alert' className={styles.fault}>
          {fault}
        </p>
      )}
    </div>
  )
}
