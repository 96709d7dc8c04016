/** The texts and actions of the system's media controls. */
export interface MediaControls {
  metadata: MediaMetadataInit | null
  handlers: Readonly<Partial<Record<MediaSessionAction, MediaSessionActionHandler>>>
  position: MediaPositionState
  playbackState: MediaSessionPlaybackState
}

/** A part of the page that uses the media controls until it is done. */
export interface MediaSessionOwner {
  /** Changes some of the controls. They are applied when no other owner is in front. */
  update(change: Partial<MediaControls>): void
  /** Puts this owner in front of the others. */
  raise(): void
  /** Gives the controls back to the owner behind. */
  release(): void
}

const unused: MediaControls = { metadata: null, handlers: {}, position: {}, playbackState: 'none' }

/**
 * Shares the media controls of the system: a page has one set of them, and several parts that play. The owner in front
 * has them, and the one behind gets them back.
 */
export class MediaSessionStack {
  readonly #session: MediaSession | undefined
  readonly #toMetadata: (init: MediaMetadataInit) => MediaMetadata
  #owners: { controls: MediaControls }[] = []
  #applied = unused

  constructor(session: MediaSession | undefined, toMetadata: (init: MediaMetadataInit) => MediaMetadata) {
    this.#session = session
    this.#toMetadata = toMetadata
  }

  /** Adds an owner in front of the others. */
  own(): MediaSessionOwner {
    const entry = { controls: unused }
    const remove = () => {
      this.#owners = this.#owners.filter(owner => owner !== entry)
    }
    const raise = () => {
      remove()
      this.#owners.push(entry)
      this.#apply()
    }
    raise()
    return {
      update: change => {
        entry.controls = { ...entry.controls, ...change }
        this.#apply()
      },
      raise,
      release: () => {
        remove()
        this.#apply()
      }
    }
  }

  #apply(): void {
    const next = this.#owners.at(-1)?.controls ?? unused
    const previous = this.#applied
    this.#applied = next
    const session = this.#session
    if (!session) return
    if (next.metadata !== previous.metadata) session.metadata = next.metadata && this.#toMetadata(next.metadata)
    if (next.playbackState !== previous.playbackState) session.playbackState = next.playbackState
    if (next.position !== previous.position) session.setPositionState(next.position)
    if (next.handlers === previous.handlers) return
    for (const action of actionsOf(previous)) if (!next.handlers[action]) session.setActionHandler(action, null)
    for (const action of actionsOf(next)) session.setActionHandler(action, next.handlers[action] ?? null)
  }
}

const actions = ['play', 'pause', 'seekbackward', 'seekforward', 'seekto'] as const

function actionsOf({ handlers }: MediaControls): MediaSessionAction[] {
  return actions.filter(action => handlers[action])
}
