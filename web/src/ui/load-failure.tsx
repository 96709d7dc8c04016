import { useEffect, useState } from 'react'
import { useDockedRoom } from '../show/current-show.ts'
import styles from './lazy-boundary.module.css'

/**
 * Says that a part of the page could not be loaded: because the connection is lost, or because the server has another
 * version by now, whose files have other names. Nobody is taken out of their show: on another page than the show's, its
 * sound goes on here, and the new version opens in another tab.
 */
export function LoadFailure({ isPage }: { isPage: boolean }) {
  const [isReleased, setIsReleased] = useState(false)
  useEffect(() => {
    let isCurrent = true
    findRelease().then(
      isNew => {
        if (isCurrent) setIsReleased(isNew)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [])
  const room = useDockedRoom()
  const isDocked = room !== null && !room.view.closed
  const failure = (
    <p role='alert' className={styles.error}>
      {isReleased ? 'A new version of Ambient is here. ' : 'This part couldn’t be loaded. '}
      {isReleased && isDocked ? (
        <a className={styles.reload} href={window.location.href} target='_blank' rel='noreferrer'>
          Open this page in another tab
        </a>
      ) : (
        <button type='button' className={styles.reload} onClick={() => window.location.reload()}>
          Reload the page
        </button>
      )}
      {isReleased && isDocked && '. Your show goes on here.'}
    </p>
  )
  if (!isPage) return failure
  return (
    <>
      <h1>Page not loaded</h1>
      {failure}
    </>
  )
}

/** Whether the server has another version than this page: its HTML names another first script. */
async function findRelease(): Promise<boolean> {
  const { src = '' } = document.querySelector<HTMLScriptElement>('script[type=module]') ?? {}
  const html = await (await fetch('/', { cache: 'no-store' })).text()
  return html.includes('/assets/') && !html.includes(new URL(src).pathname)
}
