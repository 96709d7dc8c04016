import type { PushObstacle } from './push-obstacle.ts'
import styles from '../settings/settings.module.css'

const texts: Readonly<Record<PushObstacle, string>> = {
  blocked:
    'This browser blocks notifications from Ambient. Open the settings of this site, beside its address, allow ' +
    'notifications, and reload the page.',
  homeScreen:
    'On iPhone and iPad, add Ambient to the home screen first: tap Share, then Add to Home Screen. Open it from there ' +
    'and come back to these settings.',
  insecure: 'Notifications need a secure page. Open Ambient at an address that begins with https.',
  unsupported: 'This browser can’t show notifications while Ambient is closed. Try a newer one.'
}

/** Says why this browser gets no push messages, and what the person can do about it. */
export function ObstacleNote({ obstacle }: { obstacle: PushObstacle }) {
  return <p className={styles.muted}>{texts[obstacle]}</p>
}
