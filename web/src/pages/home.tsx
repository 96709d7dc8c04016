import { useCallback, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Headphones } from 'lucide-react'
import type { Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Loading } from '../parts/notice.tsx'
import { Portrait } from '../parts/portrait.tsx'
import styles from './home.module.css'

const refreshMs = 5000

/** What is live now, kept fresh while the page is looked at. */
function useLiveShows () {
  const [shows, setShows] = useState<Show[] | null>(null)
  const [fault, setFault] = useState(false)
  const load = useCallback(async () => {
    try {
      setShows((await ambient.shows.list({ status: 'live' })).items)
      setFault(false)
    } catch {
      setFault(true)
    }
  }, [])
  useEffect(() => {
    load()
    const timer = setInterval(() => { if (!document.hidden) load() }, refreshMs)
    return () => clearInterval(timer)
  }, [load])
  return { shows, fault }
}

export function HomePage () {
  const { shows, fault } = useLiveShows()
  const user = useUser()
  const [, go] = useLocation()

  async function goLive () {
    if (!user) return go('/sign-in?to=/')
    const { id } = await ambient.shows.create({ title: `${user.displayName}’s show` })
    go(`/shows/${id}`)
  }

  return (
    <>
      <title>Ambient</title>
      <div className={styles.top}>
        <h1>Live now</h1>
        <Action kind='main' onPress={goLive}>Go live</Action>
      </div>
      {fault && <p role='status' className={styles.fault}>The server can’t be reached. Trying again…</p>}
      {shows === null && !fault && <Loading />}
      {shows?.length === 0 && (
        <div className={styles.empty}>
          <p>It is quiet. Nobody is on air right now.</p>
          <p>Press <strong>Go live</strong> and be the voice in the room.</p>
        </div>
      )}
      {shows && shows.length > 0 && <ul className={styles.list}>{shows.map(show => <li key={show.id}><ShowCard show={show} /></li>)}</ul>}
    </>
  )
}

function ShowCard ({ show: { id, title, creator, listenerCount } }: { show: Show }) {
  return (
    <Link href={`/shows/${id}`} className={styles.card ?? ''}>
      <Portrait id={creator.id} name={creator.displayName} avatarUrl={creator.avatarUrl} size='small' />
      <span className={styles.text}>
        <strong className={styles.title}>{title}</strong>
        <span className={styles.by}>{creator.displayName}</span>
      </span>
      <span className={styles.count}><Headphones size={18} aria-hidden='true' />{listenerCount}<span className='visually-hidden'> listening</span></span>
    </Link>
  )
}
