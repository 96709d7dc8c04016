import { defaultMicrophone, type MicrophoneChoice } from './microphones.ts'
import type { TokenStorage } from './storage.ts'

/** A person who is heard in a show. */
export interface OnAir {
  readonly showId: string
  readonly userId: string
}

interface StoredMicrophone {
  choice: MicrophoneChoice
  onAir: OnAir | null
}

/** The microphone that was chosen last in this browser, and the show in which it was last on. */
export class MicrophoneMemory {
  readonly #storage: Pick<TokenStorage, 'read' | 'write'>

  constructor(storage: Pick<TokenStorage, 'read' | 'write'>) {
    this.#storage = storage
  }

  /** The microphone that was chosen last; the default one before the first choice. */
  get choice(): MicrophoneChoice {
    return this.#read().choice
  }

  /** Keeps a choice for the next visit. */
  remember(choice: MicrophoneChoice): void {
    this.#write({ ...this.#read(), choice })
  }

  /** Whether the person was heard in this show when they were last here. */
  isOnAir({ showId, userId }: OnAir): boolean {
    const { onAir } = this.#read()
    return onAir?.showId === showId && onAir.userId === userId
  }

  /** Keeps that the person is heard in this show. */
  setOnAir(onAir: OnAir): void {
    if (!this.isOnAir(onAir)) this.#write({ ...this.#read(), onAir })
  }

  /** Forgets that the person was heard in this show. */
  clearOnAir(onAir: OnAir): void {
    if (this.isOnAir(onAir)) this.#write({ ...this.#read(), onAir: null })
  }

  #read(): StoredMicrophone {
    const { choice, onAir }: { choice?: unknown; onAir?: unknown } = parse(this.#storage.read())
    return { choice: isChoice(choice) ? choice : defaultMicrophone, onAir: isOnAir(onAir) ? onAir : null }
  }

  #write(stored: StoredMicrophone): void {
    this.#storage.write(JSON.stringify(stored))
  }
}

function parse(text: string | null): object {
  try {
    return toObject(JSON.parse(text ?? ''))
  } catch {
    return {}
  }
}

function isChoice(value: unknown): value is MicrophoneChoice {
  const { deviceId, removesNoise }: Partial<Record<keyof MicrophoneChoice, unknown>> = toObject(value)
  return typeof deviceId === 'string' && typeof removesNoise === 'boolean'
}

function isOnAir(value: unknown): value is OnAir {
  const { showId, userId }: Partial<Record<keyof OnAir, unknown>> = toObject(value)
  return typeof showId === 'string' && typeof userId === 'string'
}
function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
