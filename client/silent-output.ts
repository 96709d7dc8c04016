import type { SoundOutput } from './sound.ts'
import { fullVolumes } from './volumes.ts'

/** Creates an output that plays nothing. */
export function silentOutput(): SoundOutput {
  return {
    add() {},
    remove() {},
    volumes: fullVolumes,
    setVolume() {},
    setDucking() {},
    isLocked: false,
    async unlock() {},
    subscribe: () => () => {}
  }
}
