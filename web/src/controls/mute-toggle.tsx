import { Mic, MicOff } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'

interface MuteToggleProps {
  view: RoomView
  show: ShowRoom
  labelClassName?: string | undefined
}

/** Mutes and unmutes the user on stage. The icon shows whether they can be heard, and the text what a press does. */
export function MuteToggle({ view, show, labelClassName }: MuteToggleProps) {
  const isMuted = isOwnVoiceMuted(view)
  const Icon = isMuted ? MicOff : Mic
  return (
    <AsyncButton
      variant={isMuted ? 'primary' : 'secondary'}
      onPress={async () => await show.mute(view.me.userId, !isMuted)}
    >
      <Icon size={20} aria-hidden='true' />
      <span className={labelClassName}>{isMuted ? 'Unmute' : 'Mute'}</span>
    </AsyncButton>
  )
}

/** Whether the user is on stage and muted. */
export function isOwnVoiceMuted({ me, room }: RoomView): boolean {
  return room?.stage.find(({ userId }) => userId === me.userId)?.muted ?? false
}
