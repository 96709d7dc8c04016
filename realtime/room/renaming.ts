import { findStageMember } from '../../contract/room.ts'
import type { House, HouseEvent } from './server-room-state.ts'

interface Named {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
}

/** Somebody is called otherwise, or looks otherwise: wherever they are shown by name. */
export function renamed(house: House, { userId, displayName, avatarUrl }: Named): HouseEvent[] {
  const { room, members } = house
  const named = { userId, displayName, avatarUrl }
  const isOld = (person: Named | undefined) =>
    person !== undefined && (person.displayName !== displayName || person.avatarUrl !== avatarUrl)
  const asking = [...room.queue, ...room.invited].find(person => person.userId === userId)
  return [
    ...(isOld(members.get(userId)) ? [{ type: 'member:renamed', ...named } as const] : []),
    ...(isOld(findStageMember(room, userId)) ? [{ type: 'stage:renamed', ...named } as const] : []),
    ...(isOld(asking) ? [{ type: 'speak:renamed', ...named } as const] : [])
  ]
}
