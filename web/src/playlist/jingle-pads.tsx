import { useEffect, useState, type CSSProperties } from 'react'
import type { JinglePad, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './jingle-pads.module.css'

interface JinglePadsProps {
  showId: string
  view: RoomView
  room: ShowRoom
}

/** The creator's jingles as pads that play them over song and voices. For hosts. */
export function JinglePads({ showId, view, room }: JinglePadsProps) {
  const [pads, setPads] = useState<readonly JinglePad[] | null>(null)
  const [hasFailed, setHasFailed] = useState(false)

  async function load() {
    setHasFailed(false)
    try {
      setPads((await ambient.shows.jingles(showId)).items)
    } catch {
      setHasFailed(true)
    }
  }

  // A creator may put a sound on a pad in another tab.
  useEffect(() => {
    const loadWhenSeen = () => {
      if (document.visibilityState === 'visible') load()
    }
    load()
    document.addEventListener('visibilitychange', loadWhenSeen)
    return () => document.removeEventListener('visibilitychange', loadWhenSeen)
  }, [showId])

  if (hasFailed) {
    return (
      <div role='alert' className={styles.failed}>
        <span>The jingles couldn’t be loaded.</span>
        <AsyncButton onPress={load}>Try again</AsyncButton>
      </div>
    )
  }
  if (!pads) return null
  if (pads.length === 0) {
    return view.me.userId === view.room?.creatorId ? (
      <p className={styles.hint}>
        Jingles: open a sound of up to 15 seconds in your library, and put it on a pad to play it here.
      </p>
    ) : null
  }
  return (
    <div className={styles.pads} role='group' aria-label='Jingles'>
      {pads.map(pad => (
        <Pad key={pad.songId} pad={pad} view={view} onPress={async () => await room.playJingle(pad.songId)} />
      ))}
    </div>
  )
}

interface PadProps {
  pad: JinglePad
  view: RoomView
  onPress: () => Promise<void>
}

function Pad({ pad: { songId, name, color }, view, onPress }: PadProps) {
  const jingle = view.room?.jingle
  const elapsedMs = jingle?.songId === songId ? Date.now() + view.clockOffsetMs - jingle.startedAt : Infinity
  return (
    <AsyncButton onPress={onPress}>
      <span className={`${styles.light} ${styles[color] ?? ''}`} aria-hidden='true' />
      <span className={styles.name}>{name}</span>
      {jingle && elapsedMs < jingle.durationMs && (
        <Progress key={jingle.startedAt} durationMs={jingle.durationMs} elapsedMs={elapsedMs} />
      )}
    </AsyncButton>
  )
}

/** Fills while the jingle plays, and is empty at its end. */
function Progress({ durationMs, elapsedMs }: { durationMs: number; elapsedMs: number }) {
  const [delayMs] = useState(-elapsedMs)
  const style: CSSProperties = { animationDuration: `${durationMs}ms`, animationDelay: `${delayMs}ms` }
  return <span className={styles.progress} style={style} aria-hidden='true' />
}
