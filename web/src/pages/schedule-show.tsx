import { Link, useLocation } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { ShowForm } from '../schedule/show-form.tsx'
import { Notice } from '../ui/notice.tsx'
import styles from '../schedule/show-form.module.css'

/** Schedules a new show. */
export function ScheduleShowPage() {
  const user = useUser()
  const [, navigate] = useLocation()
  if (!user || user.guest) {
    return (
      <Notice title='Schedule a show'>
        <p>Sign in to schedule your own show.</p>
        <Link href='/sign-in?to=/plan'>Sign in</Link>
      </Notice>
    )
  }

  return (
    <div className={styles.page}>
      <title>Schedule a show · Ambient</title>
      <h1>Schedule a show</h1>
      <ShowForm
        saveLabel='Schedule show'
        onSave={async draft => navigate(`/shows/${(await ambient.shows.create(draft)).id}`)}
      />
    </div>
  )
}
