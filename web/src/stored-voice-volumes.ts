const key = 'ambient:voice-volumes'
/** Number of people whose volume is kept; those changed first are forgotten first. */
const maxPeople = 200

/** Returns the volumes of voices that were changed in this browser, 0 to 1, by user id. */
export function readVoiceVolumes(): Map<string, number> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return new Map(Array.isArray(stored) ? stored.filter(isVolume) : [])
  } catch {
    return new Map()
  }
}

/** Keeps the volume of a person's voice for later shows. Full volume is not kept. */
export function saveVoiceVolume(userId: string, volume: number): void {
  const volumes = readVoiceVolumes()
  volumes.delete(userId)
  if (volume < 1) volumes.set(userId, volume)
  localStorage.setItem(key, JSON.stringify([...volumes].slice(-maxPeople)))
}

function isVolume(value: unknown): value is [string, number] {
  if (!Array.isArray(value)) return false
  const [userId, volume]: unknown[] = value
  return typeof userId === 'string' && typeof volume === 'number' && volume >= 0 && volume <= 1
}
