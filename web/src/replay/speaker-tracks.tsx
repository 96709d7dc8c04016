import { memo, type PointerEvent } from 'react'
import type { Replay, ReplayItem, ReplaySpeaker } from '../../../client/index.ts'
import { formatSpokenDuration } from '../format/duration.ts'
import { Avatar } from '../ui/avatar.tsx'
import { percentOf } from './percent.ts'
import type { ReplayPlayer } from './replay-player.ts'
import { isSpeakingAt } from './spans.ts'
import { usePlayback, usePosition } from './use-player.ts'
import styles from './speaker-tracks.module.css'

/** A track for each person who speaks, and one for the songs, with a line at the current place. */
export function SpeakerTracks({ player, replay }: { player: ReplayPlayer; replay: Replay }) {
  const { speakers, items, durationMs } = replay
  const totalMs = speakers.reduce((sum, { talkMs }) => sum + talkMs, 0)
  return (
    <ul className={styles.list} aria-label='Who speaks when'>
      {speakers.map(speaker => (
        <li key={speaker.person.id} className={styles.row}>
          <SpeakerName player={player} speaker={speaker} share={speaker.talkMs / Math.max(1, totalMs)} />
          <Track player={player} durationMs={durationMs}>
            <Spans spans={speaker.spans} durationMs={durationMs} />
          </Track>
        </li>
      ))}
      {items.length > 0 && (
        <li className={styles.row}>
          <span className={styles.name}>
            Songs<span className='visually-hidden'>: {items.map(({ title }) => title).join(', ')}</span>
          </span>
          <Track player={player} durationMs={durationMs}>
            <Songs items={items} durationMs={durationMs} />
          </Track>
        </li>
      )}
    </ul>
  )
}

function SpeakerName({ player, speaker, share }: { player: ReplayPlayer; speaker: ReplaySpeaker; share: number }) {
  const { person, talkMs, spans } = speaker
  const isSpeaking = usePlayback(player, view => view.isPlaying && isSpeakingAt(spans, view.positionMs))
  return (
    <span className={`${styles.name} ${isSpeaking ? styles.speaking : ''}`}>
      <span className={styles.picture}>
        <Avatar id={person.id} name={person.displayName} avatarUrl={person.avatarUrl} size='tiny' />
      </span>
      <span className={styles.text}>
        <span className={styles.displayName}>{person.displayName}</span>
        <span className={styles.share} aria-hidden='true'>
          {Math.round(share * 100)} %
        </span>
      </span>
      <span className='visually-hidden'>speaks for {formatSpokenDuration(talkMs)}</span>
    </span>
  )
}

interface TrackProps {
  player: ReplayPlayer
  durationMs: number
  children: React.ReactNode
}

/** Seeks to where it is pressed. With the keyboard, the slider above does this. */
function Track({ player, durationMs, children }: TrackProps) {
  function seek({ currentTarget, clientX, button }: PointerEvent<HTMLDivElement>) {
    if (button !== 0) return
    const { left, width } = currentTarget.getBoundingClientRect()
    player.seek(((clientX - left) / Math.max(1, width)) * durationMs)
  }
  return (
    <div className={styles.track} onPointerUp={seek} aria-hidden='true'>
      {children}
      <Playhead player={player} durationMs={durationMs} />
    </div>
  )
}

const Spans = memo(function Spans({ spans, durationMs }: Pick<ReplaySpeaker, 'spans'> & { durationMs: number }) {
  const at = (ms: number) => ((ms / Math.max(1, durationMs)) * 1000).toFixed(2)
  return (
    <svg className={styles.spans} viewBox='0 0 1000 10' preserveAspectRatio='none' focusable='false'>
      <path d={spans.map(([from, to]) => `M${at(from)} 5H${at(to)}`).join('')} />
    </svg>
  )
})

const Songs = memo(function Songs({ items, durationMs }: { items: readonly ReplayItem[]; durationMs: number }) {
  return items.map(({ atMs, durationMs: lengthMs, title, played }) => (
    <span
      key={`${atMs} ${title}`}
      className={`${styles.song} ${played ? '' : styles.card}`}
      style={{
        insetInlineStart: percentOf(atMs, durationMs),
        inlineSize: played ? percentOf(lengthMs, durationMs) : undefined
      }}
      title={played ? title : `${title} (not part of the replay)`}
    >
      {played && title}
    </span>
  ))
})

function Playhead({ player, durationMs }: { player: ReplayPlayer; durationMs: number }) {
  const positionMs = usePosition(player, 250)
  return (
    <span
      className={styles.playhead}
      style={{ insetInlineStart: percentOf(Math.min(positionMs, durationMs), durationMs) }}
    />
  )
}
