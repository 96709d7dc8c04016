import type { EditingHost, PlaylistSign } from '../contract/playlist.ts'
import type { Person } from '../contract/users.ts'
import type { Clock } from './clock.ts'
import type { RoomView } from './room-view.ts'

/** The part of a live show through which hosts see each other edit the playlist. */
export interface EditingRoom {
  readonly view: RoomView
  subscribe(listener: () => void): () => void
  sendPlaylistSign?(sign: PlaylistSign): Promise<void>
  onPlaylistEditors?(listener: (editors: readonly EditingHost[]) => void): () => void
}

export interface PlaylistSignsParts {
  room: EditingRoom | null
  clock: Clock
  /** `editors` has changed. */
  onChange(): void
}

/** The server forgets an edit 12 s after its last sign. */
const repeatMs = 4000
const staleMs = 12_000
/** Time for which a change that is made at once is shown to the others. */
const lingerMs = 3000
/** Time for which a host who has edited counts as the one who changed the playlist. */
const recentMs = 15_000

const ended: PlaylistSign = { itemId: null, action: null }
const isSame = (one: PlaylistSign, other: PlaylistSign) => one.itemId === other.itemId && one.action === other.action

/** Tells the other hosts of a live show what this one edits, and knows what they edit. Silent outside of live shows. */
export class PlaylistSigns {
  readonly #parts: PlaylistSignsParts
  readonly #unsubscribers: (() => void)[] = []
  readonly #recent = new Map<string, { person: Person; atMs: number }>()
  #editors: readonly EditingHost[] = []
  /** The edit that lasts until `release`, and the change that was made just now. */
  #held: PlaylistSign | null = null
  #made: PlaylistSign | null = null
  #sent: PlaylistSign = ended
  #cancelRepeat = () => {}
  #cancelLinger = () => {}
  #cancelStale = () => {}

  constructor(parts: PlaylistSignsParts) {
    this.#parts = parts
    const { room } = parts
    if (!room) return
    this.#unsubscribers.push(
      room.subscribe(() => this.#onRoomChanged(room.view)),
      room.onPlaylistEditors?.(editors => this.#receive(editors)) ?? (() => {})
    )
  }

  /** The other hosts who edit now. The same array until something changes. */
  get editors(): readonly EditingHost[] {
    return this.#editors
  }

  /** The item that is held; null when there is none. */
  get heldId(): string | null {
    return this.#held?.itemId ?? null
  }

  /** Returns the other hosts who have edited just now. */
  recentEditors(): Person[] {
    const sinceMs = this.#parts.clock.nowMs() - recentMs
    return [...this.#recent.values()].filter(({ atMs }) => atMs > sinceMs).map(({ person }) => person)
  }

  /** Shows an edit to the others until `release`. */
  hold(sign: PlaylistSign): void {
    this.#held = sign
    this.#sync()
  }

  release(): void {
    this.#held = null
    this.#sync()
  }

  /** Shows a change to the others for a moment. */
  made(sign: PlaylistSign): void {
    if (!this.#parts.room) return
    this.#made = sign
    this.#cancelLinger()
    this.#cancelLinger = this.#parts.clock.after(lingerMs, () => {
      this.#made = null
      this.#sync()
    })
    this.#sync()
  }

  close(): void {
    this.#held = this.#made = null
    this.#sync()
    this.#cancelLinger()
    this.#cancelStale()
    for (const unsubscribe of this.#unsubscribers) unsubscribe()
  }

  #sync(): void {
    if (!this.#parts.room) return
    const sign = this.#made ?? this.#held ?? ended
    if (!isSame(sign, this.#sent)) this.#send(sign)
  }

  #send(sign: PlaylistSign): void {
    const { room, clock } = this.#parts
    this.#sent = sign
    this.#cancelRepeat()
    this.#cancelRepeat = sign.action === null ? () => {} : clock.after(repeatMs, () => this.#send(sign))
    if (!room?.view.me.isHost || room.view.connection !== 'live') return
    // A sign that is lost follows again.
    room.sendPlaylistSign?.(sign).catch(() => {})
  }

  #receive(editors: readonly EditingHost[]): void {
    const { clock } = this.#parts
    for (const { person } of editors) this.#recent.set(person.id, { person, atMs: clock.nowMs() })
    this.#cancelStale()
    if (editors.length > 0) this.#cancelStale = clock.after(staleMs, () => this.#setEditors([]))
    this.#setEditors(editors)
  }

  #onRoomChanged({ me, connection }: RoomView): void {
    if (!me.isHost || connection !== 'live') this.#setEditors([])
  }

  #setEditors(editors: readonly EditingHost[]): void {
    if (editors.length === 0 && this.#editors.length === 0) return
    this.#editors = editors
    this.#parts.onChange()
  }
}
