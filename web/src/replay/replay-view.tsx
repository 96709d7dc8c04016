import { useEffect, useRef, useState } from 'react'
import type { Replay, Transcript } from '../../../client/index.ts'
import { WaveformSlider } from '../library/waveform-slider.tsx'
import { formatDuration } from '../format/duration.ts'
import { MomentStrip } from './moment-strip.tsx'
import { percentOf } from './percent.ts'
import { PlayToggle } from './play-toggle.tsx'
import { ReactionPlot } from './reaction-plot.tsx'
import { ReplayControls } from './replay-controls.tsx'
import { ReplayTabs } from './replay-tabs.tsx'
import { SpeakerTracks } from './speaker-tracks.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { findLinkedPlace } from './time-link.ts'
import { useCaptions } from './use-captions.ts'
import { usePlayback, usePlayer, usePosition } from './use-player.ts'
import type { ReplayState } from './use-replay.ts'
import { useReactions } from './use-reactions.ts'
import { useReplayKeys } from './use-replay-keys.ts'
import { useReplayMediaSession } from './use-replay-media-session.ts'
import styles from './replay-view.module.css'

interface ReplayViewProps {
  replay: Replay
  transcript: Transcript | null
  reload: ReplayState['reload']
}

/** The player of a replay: sound, who speaks when, and what was shown at each place. */
export function ReplayView({ replay, transcript, reload }: ReplayViewProps) {
  const { chapters, durationMs, showId } = replay
  const player = usePlayer(replay, reload)
  const captions = useCaptions(replay.captionsUrl)
  const [hasCaptions, setHasCaptions] = useState(true)
  const reactions = useReactions(showId)
  const error = usePlayback(player, view => view.error)
  useReplayMediaSession(player, replay)
  const element = useRef<HTMLDivElement>(null)
  // The link of a place leads to the player, which is below the summary of the show.
  useEffect(() => {
    if (findLinkedPlace(window.location.search) !== undefined) element.current?.scrollIntoView({ block: 'center' })
  }, [])
  const onKeyDown = useReplayKeys(player, () => setHasCaptions(isOn => !isOn))

  return (
    <div
      ref={element}
      className={styles.player}
      onKeyDown={onKeyDown}
      role='group'
      aria-label={`Replay of ${replay.title}`}
    >
      <div className={styles.timeline}>
        <PlayToggle player={player} title={replay.title} />
        <div className={styles.waveform}>
          <ReactionPlot reactions={reactions} durationMs={durationMs} />
          <Position player={player} replay={replay} />
          <div className={styles.marks} aria-hidden='true'>
            {chapters.map(({ atMs, title }) => (
              <span
                key={`${atMs} ${title}`}
                className={styles.mark}
                style={{ insetInlineStart: percentOf(atMs, durationMs) }}
              />
            ))}
          </div>
        </div>
      </div>
      {error !== null && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
      <ReplayControls
        player={player}
        replay={replay}
        hasCaptions={captions.length > 0 ? hasCaptions : null}
        onCaptions={setHasCaptions}
      />
      <MomentStrip
        player={player}
        items={replay.items}
        captions={hasCaptions ? captions : []}
        speakers={replay.speakers}
        reactions={reactions}
      />
      <SpeakerTracks player={player} replay={replay} />
      <ReplayTabs player={player} replay={replay} transcript={transcript} />
    </div>
  )
}

function Position({ player, replay: { title, peaks, durationMs } }: { player: ReplayPlayer; replay: Replay }) {
  const positionMs = usePosition(player, 250)
  return (
    <>
      <div className={styles.slider}>
        <WaveformSlider
          label={`Position in the replay of ${title}`}
          peaks={peaks}
          durationMs={durationMs}
          positionMs={positionMs}
          onSeek={ms => player.seek(ms)}
        />
      </div>
      <p className={styles.times}>
        <span data-position='now'>{formatDuration(positionMs)}</span>
        <span>{formatDuration(durationMs)}</span>
      </p>
    </>
  )
}
