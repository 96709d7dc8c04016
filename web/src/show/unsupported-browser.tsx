import type { RoomView, Show } from '../../../client/index.ts'
import styles from './unsupported-browser.module.css'

/**
 * Tells people whose browser cannot play live sound what they can do. A show with an HTTP stream plays here as well,
 * some seconds later.
 */
export function UnsupportedBrowser({ show, room }: { show: Show; room: RoomView['room'] }) {
  const hasStream = show.visibility === 'public' && room?.settings.program === true
  return (
    <div className={styles.notice}>
      <p role='alert'>
        This browser can’t play live sound. Open the show in a current Chrome, Edge, Firefox or Safari
        {hasStream ? ', or listen to its stream here, a few seconds late.' : '.'}
      </p>
      {hasStream && (
        <audio controls preload='none' aria-label='Stream of the show' className={styles.player}>
          <source src={`/live/${show.id}.mp3`} type='audio/mpeg' />
          <source src={`/live/${show.id}.aac`} type='audio/aac' />
          <source src={`/live/${show.id}.opus`} type='audio/ogg; codecs=opus' />
        </audio>
      )}
    </div>
  )
}
