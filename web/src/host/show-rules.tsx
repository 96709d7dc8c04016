import { lazy } from 'react'
import type { RoomView, Show, ShowSettingsPatch } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { ProgramLinks } from '../program/program-links.tsx'
import { BroadcastSwitches } from '../recording/broadcast-switches.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { useInstantSave } from '../ui/use-instant-save.ts'
import styles from './show-rules.module.css'

const BlockedWords = lazy(async () => ({ default: (await import('../settings/blocked-words.tsx')).BlockedWords }))

const slowModes = {
  0: 'Off',
  5000: '5 seconds',
  15_000: '15 seconds',
  30_000: '30 seconds',
  60_000: '1 minute',
  300_000: '5 minutes'
}
/** Numbers of seats to choose from, besides the creator's. */
const seatCounts = { 1: '1', 2: '2', 3: '3', 4: '4', 6: '6', 8: '8', 10: '10', 15: '15', 20: '20', 30: '30', 50: '50' }
const voicesDuringSpotify = { on: 'Voices are muted', off: 'Voices stay on' } as const
const duckingLevels = {
  0: 'Songs stay at full volume',
  '-6': 'Songs get a little quieter',
  '-12': 'Songs get quieter',
  '-24': 'Songs get much quieter'
}
const songFades = {
  0: 'They do not',
  1000: '1 second',
  2000: '2 seconds',
  3000: '3 seconds',
  5000: '5 seconds',
  10_000: '10 seconds'
}
const atEndOptions = { stop: 'The music stops', repeat: 'The playlist repeats' } as const
const linkOptions = { everybody: 'Everybody may send links', hosts: 'Only hosts', nobody: 'No links' } as const
const firstCommentOptions = { open: 'Appear at once', held: 'Wait until a host publishes them' } as const
const openOrClosed = { open: 'Open', closed: 'Closed' } as const

/** The settings of a live show. Each change is saved at once. */
export function ShowRules({ view, show: { id, visibility } }: { view: RoomView; show: Show }) {
  const { pending, error, save } = useInstantSave(
    async (settings: ShowSettingsPatch) => await ambient.shows.patch(id, { settings })
  )
  if (!view.room) return null
  const settings = { ...view.room.settings, ...pending }
  const slowMode = String(settings.slowModeMs)
  const speakersSlowMode = String(settings.slowModeSpeakersMs ?? settings.slowModeMs)
  const songFade = String(settings.songFadeMs ?? 0)
  const seats = String(settings.maxSpeakers)
  const ducking = String(settings.ducking.on ? settings.ducking.levelDb : 0)
  return (
    <div className={styles.rules}>
      <SelectField
        label='Requests to speak'
        options={openOrClosed}
        value={settings.speakRequests}
        onChange={speakRequests => save({ speakRequests })}
      />
      <SelectField
        label='Seats on stage, besides the creator’s'
        options={Object.hasOwn(seatCounts, seats) ? seatCounts : { ...seatCounts, [seats]: seats }}
        value={seats}
        onChange={count => save({ maxSpeakers: Number(count) })}
      />
      <SelectField
        label='Song requests: listeners ask for your songs, and vote'
        options={openOrClosed}
        value={settings.songRequests ?? 'closed'}
        onChange={songRequests => save({ songRequests })}
      />
      <SelectField
        label='Comments'
        options={openOrClosed}
        value={settings.comments}
        onChange={comments => save({ comments })}
      />
      <SelectField
        label='First comments of people who are new in your shows'
        options={firstCommentOptions}
        value={settings.firstComments ?? 'open'}
        onChange={firstComments => save({ firstComments })}
      />
      <SelectField
        label='Links in comments'
        options={linkOptions}
        value={settings.commentLinks ?? 'everybody'}
        onChange={commentLinks => save({ commentLinks })}
      />
      <LazyBoundary>
        <BlockedWords />
      </LazyBoundary>
      <SelectField
        label='Slow mode: time between one person’s comments'
        options={withWait(slowMode)}
        value={slowMode}
        onChange={ms => save({ slowModeMs: Number(ms) })}
      />
      <SelectField
        label='Slow mode of people on stage'
        options={withWait(speakersSlowMode)}
        value={speakersSlowMode}
        onChange={ms => save({ slowModeSpeakersMs: Number(ms) })}
      />
      <SelectField
        label='When someone speaks'
        options={
          Object.hasOwn(duckingLevels, ducking)
            ? duckingLevels
            : { ...duckingLevels, [ducking]: `Songs get ${-Number(ducking)} dB quieter` }
        }
        value={ducking}
        onChange={db =>
          save({ ducking: { on: db !== '0', levelDb: db === '0' ? settings.ducking.levelDb : Number(db) } })
        }
      />
      <SelectField
        label='Songs fade out before they end, pause or change'
        options={
          Object.hasOwn(songFades, songFade)
            ? songFades
            : { ...songFades, [songFade]: `${Number(songFade) / 1000} seconds` }
        }
        value={songFade}
        onChange={ms => save({ songFadeMs: Number(ms) })}
      />
      <SelectField
        label='When the playlist ends'
        options={atEndOptions}
        value={settings.atEnd}
        onChange={atEnd => save({ atEnd })}
      />
      <SelectField
        label='While Spotify plays'
        options={voicesDuringSpotify}
        value={settings.quietForSpotify ? 'on' : 'off'}
        onChange={quiet => save({ quietForSpotify: quiet === 'on' })}
      />
      <BroadcastSwitches settings={settings} isPublic={visibility === 'public'} isLive onChange={save} />
      {visibility === 'public' && <ProgramLinks showId={id} title={view.room.title} />}
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}

/** The waits to choose from, with the one that was set by another client. */
function withWait(ms: string): Record<string, string> {
  return Object.hasOwn(slowModes, ms) ? slowModes : { ...slowModes, [ms]: `${Number(ms) / 1000} seconds` }
}
