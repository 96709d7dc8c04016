import { Download } from 'lucide-react'
import { Link } from 'wouter'
import type { CodedError } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { downloadCsv } from '../numbers/download-csv.ts'
import { ShowNumbers } from '../numbers/show-numbers.tsx'
import { ShowTiming } from '../numbers/show-timing.tsx'
import { useShowAnalytics } from '../numbers/use-show-analytics.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'
import styles from '../numbers/page.module.css'

/** The numbers of one show, for its hosts, also while it runs. */
export function ShowNumbersPage({ showId }: { showId: string }) {
  const user = useUser()
  if (!user) {
    return (
      <Notice title='Numbers'>
        <p>Sign in to see the numbers of your shows.</p>
        <Link href={`/sign-in?to=/shows/${showId}/numbers`}>Sign in</Link>
      </Notice>
    )
  }
  return <HostNumbers key={user.id} showId={showId} />
}

function HostNumbers({ showId }: { showId: string }) {
  const { analytics, error, isRunning, load } = useShowAnalytics(showId)
  if (!analytics) return error ? <LoadingError error={error} showId={showId} onRetry={load} /> : <Loading />
  const { title } = analytics
  return (
    <>
      <title>{`Numbers · ${title} · Ambient`}</title>
      <header className={styles.header}>
        <div className={styles.heading}>
          <Link href={`/shows/${showId}`} className={styles.back ?? ''}>
            {title}
          </Link>
          <h1>Numbers</h1>
          <ShowTiming analytics={analytics} isRunning={isRunning} />
        </div>
        <div className={styles.actions}>
          <AsyncButton onPress={async () => await downloadCsv(showId, title)}>
            <Download size={18} aria-hidden='true' />
            Download CSV
          </AsyncButton>
          <Link href='/numbers' className={styles.link ?? ''}>
            All your shows
          </Link>
        </div>
      </header>
      {error && (
        <p role='status' className={styles.stale}>
          These numbers are from a while ago: {error.message}
        </p>
      )}
      <ShowNumbers analytics={analytics} />
    </>
  )
}

function LoadingError({ error, showId, onRetry }: { error: CodedError; showId: string; onRetry: () => Promise<void> }) {
  if (error.code === 'NOT_FOUND') {
    return (
      <Notice title='Show not found'>
        <Link href='/'>See what’s live</Link>
      </Notice>
    )
  }
  if (error.code === 'SHOW_NOT_LIVE') {
    return (
      <Notice title='No numbers yet'>
        <p>The show hasn’t started yet. Its numbers appear here as soon as you’re live.</p>
        <Link href={`/shows/${showId}`}>Go to the show</Link>
      </Notice>
    )
  }
  if (error.code === 'FORBIDDEN') {
    return (
      <Notice title='Only for the hosts'>
        <p>The creator and the co-hosts of a show see its numbers.</p>
        <Link href={`/shows/${showId}`}>Go to the show</Link>
      </Notice>
    )
  }
  return (
    <Notice title='Can’t load the numbers'>
      <p>{error.message}</p>
      <AsyncButton onPress={onRetry}>Try again</AsyncButton>
    </Notice>
  )
}
