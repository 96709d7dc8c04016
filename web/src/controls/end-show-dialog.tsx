import { findStageMember } from '../../../contract/room.ts'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'

interface EndShowDialogProps {
  view: RoomView
  show: ShowRoom
  onClose: () => void
}

/** Asks whether the show ends for everyone, or a co-host on stage goes on with it. */
export function EndShowDialog({ view: { room, me }, show, onClose }: EndShowDialogProps) {
  const others = room ? [room.creatorId, ...room.cohostIds].flatMap(userId => findStageMember(room, userId) ?? []) : []
  const successors = others.filter(({ userId, state }) => userId !== me.userId && state !== 'suspended')
  const act = (action: () => Promise<unknown>) => async () => {
    await action()
    onClose()
  }
  return (
    <Dialog role='alertdialog' title='End the show?' isOpen onClose={onClose}>
      <p>The show ends for everyone and can’t be restarted.</p>
      {successors.length > 0 && (
        <p>
          Or a co-host goes on without you: they run the show until its end, and you can leave. The numbers and the
          replay stay with the person who started it.
        </p>
      )}
      {successors.length === 0 && room && room.cohostIds.some(userId => userId !== me.userId) && (
        <p>To hand the show over to a co-host instead, bring them on stage first.</p>
      )}
      {successors.map(({ userId, displayName }) => (
        <AsyncButton key={userId} onPress={act(async () => await show.handOver(userId))}>
          Hand over to {displayName}
        </AsyncButton>
      ))}
      <DialogButtons>
        <AsyncButton onPress={onClose}>Cancel</AsyncButton>
        <AsyncButton variant='danger' onPress={act(async () => await ambient.shows.end(show.showId))}>
          {successors.length > 0 ? 'End for everyone' : 'End show'}
        </AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}
