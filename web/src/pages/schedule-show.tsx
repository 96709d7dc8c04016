import { useCallback, useEffect, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import type { Show, ShowDraft } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { draftLike, nextShowOf } from '../schedule/next-show.ts'
import { ShowForm } from '../schedule/show-form.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'
import styles from '../schedule/show-form.module.css'

/** Schedules a new show, or one like an earlier show of the user. */
export function ScheduleShowPage() {
  const user = useUser()
  const [, navigate] = useLocation()
  const [parameters] = useSearchParams()
  const likeId = parameters.get('like')
  const like = useOwnShow(user?.guest ? undefined : user?.id, likeId)
  const create = async (draft: ShowDraft) => navigate(`/shows/${(await ambient.shows.create(draft)).id}`)

  if (!user || user.guest) {
    return (
      <Notice title='Schedule a show'>
        <p>Sign in to schedule your own show.</p>
        <Link href='/sign-in?to=/plan'>Sign in</Link>
      </Notice>
    )
  }
  if (like === 'loading') return <Loading />
  return (
    <div className={styles.page}>
      <title>Schedule a show · Ambient</title>
      <h1>{like ? 'Plan the next one' : 'Schedule a show'}</h1>
      <ShowForm
        {...(like && { show: nextShowOf(like, Date.now()) })}
        mayRepeat
        saveLabel='Schedule show'
        onSave={async draft => await create(like ? draftLike(like, draft) : draft)}
      />
    </div>
  )
}

/** Loads one of the user's own shows; null without an id, for a show of somebody else, and when it cannot be loaded. */
function useOwnShow(userId: string | undefined, showId: string | null): Show | null | 'loading' {
  const [show, setShow] = useState<Show | null | 'loading'>(showId === null ? null : 'loading')
  const load = useCallback(async () => {
    if (showId === null) return null
    const found = await ambient.shows.get(showId)
    return found.creator.id === userId ? found : null
  }, [userId, showId])
  useEffect(() => {
    let isCurrent = true
    load()
      .catch(() => null)
      .then(found => isCurrent && setShow(found))
    return () => {
      isCurrent = false
    }
  }, [load])
  return show
}
