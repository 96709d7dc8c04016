import { Link, useLocation } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { Notice } from '../parts/notice.tsx'
import { ShowForm } from '../schedule/show-form.tsx'
import styles from '../schedule/show-form.module.css'

/** A new show to come. */
export function PlanPage() {
  const user = useUser()
  const [, go] = useLocation()
  if (!user || user.guest) {
    return (
      <Notice title='Plan a show'>
        <p>Sign in to plan a show of your own.</p>
        <Link href='/sign-in?to=/plan'>Sign in</Link>
      </Notice>
    )
  }

  return (
    <div className={styles.page}>
      <title>Plan a show · Ambient</title>
      <h1>Plan a show</h1>
      <ShowForm save='Plan it' onSave={async draft => go(`/shows/${(await ambient.shows.create(draft)).id}`)} />
    </div>
  )
}
