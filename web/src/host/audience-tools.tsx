import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { PinLinkForm } from '../pins/pin-link-form.tsx'
import { PollForm } from '../voting/poll-form.tsx'
import styles from './audience-tools.module.css'

/** The tools with which hosts show something to everyone, and ask them. */
export function AudienceTools({ view, room }: { view: RoomView; room: ShowRoom }) {
  return (
    <div className={styles.tools}>
      <PollForm view={view} room={room} />
      <PinLinkForm room={room} />
    </div>
  )
}
