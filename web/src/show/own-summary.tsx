import { useCallback } from 'react'
import { Link, useLocation } from 'wouter'
import type { Show } from '../../../client/index.ts'
import type { PlayedSpan, ShowAnalytics } from '../../../contract/analytics.ts'
import { ambient } from '../ambient.ts'
import { formatCount, formatCounted } from '../format/count.ts'
import { KeyNumbers, type KeyNumber } from '../numbers/key-numbers.tsx'
import { startOf } from '../numbers/minutes.ts'
import { formatTime } from '../numbers/scale.ts'
import { findMostReacted } from '../numbers/summaries.ts'
import { CoverButton } from '../schedule/cover-button.tsx'
import { planNextPath } from '../schedule/next-show.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Section } from '../ui/section.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import styles from './own-summary.module.css'

/** The last reactions and comments of a show are counted within this time after its end. */
const settleMs = 60_000
const refreshMs = 5_000

/** Tells the creator how the show went, and leads to the next one. */
export function OwnSummary({ show, onChange }: { show: Show; onChange: (show: Show) => void }) {
  const { id } = show
  const [, navigate] = useLocation()
  const [analytics] = useLoaded(
    useCallback(async () => await ambient.analytics.show(id), [id]),
    ({ endedAt }) => (endedAt && Date.now() - Date.parse(endedAt) < settleMs ? refreshMs : null)
  )
  const songs = analytics ? songsOf(analytics.played) : []
  return (
    <section className={styles.summary} aria-label='How it went'>
      <div className={styles.buttons}>
        <AsyncButton variant='primary' onPress={() => navigate(planNextPath(show))}>
          Plan the next one
        </AsyncButton>
        <Link href={`/shows/${id}/numbers`} className={styles.link ?? ''}>
          See what held people
        </Link>
        <CoverButton show={show} onChange={onChange} />
      </div>
      <KeyNumbers numbers={numbersOf(analytics, songs.length)} />
      {songs.length > 0 && (
        <Section title='Songs played'>
          <ol className={styles.songs}>
            {songs.map(({ from, itemId, title, artists }) => (
              <li key={`${itemId} ${from}`}>
                <time dateTime={from}>{formatTime(Date.parse(from))}</time>
                <span>
                  {title}
                  {artists.length > 0 && <span className={styles.artists}> · {artists.join(', ')}</span>}
                </span>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </section>
  )
}

/** Numbers that are not known yet have their place already, so that nothing moves when they come. */
function numbersOf(analytics: ShowAnalytics | null, songCount: number): KeyNumber[] {
  const minute = analytics && findMostReacted(analytics)
  const orDash = (value: number | undefined) => (value === undefined ? '–' : formatCount(value))
  return [
    { name: 'New followers', value: orDash(analytics?.followersGained) },
    {
      name: 'Most reacted minute',
      value: minute ? formatTime(startOf(minute)) : '–',
      note: minute ? formatCounted(minute.reactions ?? 0, 'reaction', 'reactions') : 'no reactions'
    },
    { name: 'Songs played', value: orDash(analytics ? songCount : undefined) },
    { name: 'Comments', value: orDash(analytics?.comments) }
  ]
}

/** A song that was paused and resumed counts once, from its first second. */
function songsOf(played: readonly PlayedSpan[]): PlayedSpan[] {
  return played.filter(({ itemId }, index) => played[index - 1]?.itemId !== itemId)
}
