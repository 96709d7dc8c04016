import { Pencil } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import type { Show } from '../../../client/index.ts'
import { DeleteShowButton } from '../schedule/delete-show-button.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './waiting-room.module.css'

/** The actions of a planned show's creator before the green room opens. */
export function OwnPlannedShow({ show, onGetReady }: { show: Show; onGetReady: () => void }) {
  const [, navigate] = useLocation()
  return (
    <>
      <p>The green room opens here half an hour before the start.</p>
      <div className={styles.buttons}>
        <AsyncButton variant='primary' onPress={onGetReady}>
          Get ready now
        </AsyncButton>
        <Link href={`/shows/${show.id}/edit`} className={styles.edit ?? ''}>
          <Pencil size={18} aria-hidden='true' />
          Edit
        </Link>
        <DeleteShowButton show={show} label='Cancel show' onDeleted={() => navigate('/')} />
      </div>
    </>
  )
}
