import { useCallback, useState } from 'react'
import type { Replay, Transcript, TranscriptSegment } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatDuration } from '../format/duration.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { PlaceButton } from './place-button.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { findPlace } from './server-time.ts'
import styles from './transcript-panel.module.css'

interface TranscriptPanelProps {
  player: ReplayPlayer
  replay: Replay
  transcript: Transcript
}

/** The transcript of a show with a search. Pressing a sentence plays the replay from there. */
export function TranscriptPanel({ player, replay, transcript }: TranscriptPanelProps) {
  const { showId, speakers, stretches } = replay
  const [q, setQ] = useState('')
  const load = useCallback(
    async (page: PageRequest) => {
      const { items, nextCursor } = await ambient.transcripts.segments(showId, { ...page, ...(q && { q }) })
      return { items: items.map(segment => ({ ...segment, id: `${segment.from} ${segment.userId}` })), nextCursor }
    },
    [showId, q]
  )
  const pages = usePagedList(load)
  const names = new Map(
    [...transcript.talk, ...speakers].map(({ person: { id, displayName } }) => [id, displayName] as const)
  )
  return (
    <div className={styles.panel}>
      {transcript.topics.length > 0 && (
        <ul className={styles.topics} aria-label='Topics'>
          {transcript.topics.map(topic => (
            <li key={topic} className={styles.topic}>
              {topic}
            </li>
          ))}
        </ul>
      )}
      <SearchField query={q} onSearch={setQ} label='Search what was said' />
      <div className={styles.list}>
        <PagedList pages={pages} empty={<p>{q ? 'Nobody said that.' : 'No words in this show.'}</p>}>
          {segment => (
            <li>
              <Segment
                player={player}
                segment={segment}
                atMs={findPlace(stretches, segment.from)}
                name={names.get(segment.userId) ?? 'Somebody'}
              />
            </li>
          )}
        </PagedList>
      </div>
    </div>
  )
}

interface SegmentProps {
  player: ReplayPlayer
  segment: TranscriptSegment
  /** Undefined when the replay does not contain it. */
  atMs: number | undefined
  name: string
}

function Segment({ player, segment: { text }, atMs, name }: SegmentProps) {
  const words = (
    <span className={styles.words}>
      <strong className={styles.name}>{name}</strong> <span dir='auto'>{text}</span>
    </span>
  )
  if (atMs === undefined) {
    return (
      <p className={styles.cut}>
        <span className={styles.time}>cut</span>
        {words}
      </p>
    )
  }
  return (
    <PlaceButton player={player} atMs={atMs}>
      <span className={styles.time}>{formatDuration(atMs)}</span>
      {words}
    </PlaceButton>
  )
}
