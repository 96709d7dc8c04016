import type { AmbientServer, Recipient } from '../sockets/socket-data.ts'

/** The sockets of a room of Socket.io at one moment. */
export interface RoomRecipients {
  /** The ids of the sockets that are in the room now. */
  readonly ids: ReadonlySet<string>
  readonly list: readonly Recipient[]
  /** Whether a socket is still in the room. */
  has(recipient: Recipient): boolean
}

/** Returns what reads the sockets of a room. It keeps them, for a room that is read often and changes rarely. */
export function createRoomRecipients(io: AmbientServer): (room: string) => RoomRecipients | undefined {
  const { adapter, sockets } = io.of('/')
  /** By room. */
  const current = new Map<string, RoomRecipients>()
  for (const change of ['join-room', 'leave-room']) adapter.on(change, (room: string) => current.delete(room))

  function read(room: string): RoomRecipients | undefined {
    const ids = adapter.rooms.get(room)
    if (!ids) return undefined
    const recipients: RoomRecipients = {
      ids,
      list: [...ids].flatMap(id => sockets.get(id)?.data.recipient ?? []),
      has: recipient => current.get(room) === recipients || ids.has(recipient.id)
    }
    current.set(room, recipients)
    return recipients
  }

  return room => current.get(room) ?? read(room)
}
