import { lazy, useEffect } from 'react'
import type { Replay, Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { publicationOf } from './publication.ts'
import { useReplay, type ReplayState } from './use-replay.ts'
import { useTranscript } from './use-transcript.ts'
import styles from './replay-section.module.css'

// Shows without a replay load no player, and listeners no tools of creators.
const ReplayView = lazy(async () => ({ default: (await import('./replay-view.tsx')).ReplayView }))
const ReplayEditing = lazy(async () => ({ default: (await import('./editing/replay-editing.tsx')).ReplayEditing }))

interface ReplaySectionProps {
  show: Show
  /** Called when it is known whether there is a replay. */
  onSettled: () => void
}

/** The replay of an ended show. Without one, only its creator reads that there is none. */
export function ReplaySection({ show, onSettled }: ReplaySectionProps) {
  const user = useUser()
  const state = useReplay(show.id)
  const { replay, error } = state
  const isSettled = replay !== null || error !== null
  useEffect(() => {
    if (isSettled) onSettled()
  }, [isSettled, onSettled])

  const isCreator = user?.id === show.creator.id
  if (!replay && error?.code === 'NOT_FOUND') return isCreator && <NoReplay />
  return (
    <Section
      title='Replay'
      aside={
        replay &&
        user &&
        !user.guest &&
        !isCreator && (
          <MoreButton
            label='More options for this replay'
            actions={() => [{ label: 'Report show', report: { kind: 'show', subjectId: show.id } }]}
          />
        )
      }
    >
      {replay ? <LoadedReplay state={state} replay={replay} isCreator={isCreator} /> : <Missing state={state} />}
    </Section>
  )
}

function LoadedReplay({ state, replay, isCreator }: { state: ReplayState; replay: Replay; isCreator: boolean }) {
  const { status, publishedAt, showId, audio, durationMs } = replay
  const transcript = useTranscript(replay)
  return (
    <>
      {status === 'processing' && (
        <p role='status' className={styles.note}>
          {audio.length > 0 ? 'We’re mixing the replay anew.' : 'We’re mixing the replay. It appears here by itself.'}
        </p>
      )}
      {status === 'failed' && (
        <div role='status' className={styles.note}>
          <p>The replay couldn’t be mixed.</p>
          {(isCreator || publishedAt === null) && (
            <AsyncButton onPress={async () => state.update(await ambient.replays.mix(showId))}>Try again</AsyncButton>
          )}
        </div>
      )}
      <LazyBoundary fallback={<Skeleton />}>
        {/* All places move when a replay is trimmed: comments and captions are loaded again. */}
        {audio.length > 0 && (
          <ReplayView key={durationMs} replay={replay} transcript={transcript[0]} reload={state.reload} />
        )}
        {isCreator && <ReplayEditing state={state} replay={replay} transcript={transcript} />}
        {!isCreator && publishedAt === null && <p className={styles.note}>{publicationOf(replay)}</p>}
      </LazyBoundary>
    </>
  )
}

function Missing({ state: { error, reload } }: { state: ReplayState }) {
  if (!error) return <Skeleton />
  return (
    <div role='status' className={styles.note}>
      <p>{error.message}</p>
      <AsyncButton onPress={reload}>Try again</AsyncButton>
    </div>
  )
}

function NoReplay() {
  return (
    <Section title='Replay'>
      <p className={styles.note}>
        There is no replay: this show was not recorded, or its replay was deleted. In your next show, press Record.
      </p>
    </Section>
  )
}
