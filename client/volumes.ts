/** The kinds of sound in a show. Each has its own volume. */
export type SoundKind = 'voice' | 'song'

/** Playback volume of each kind of sound, 0 to 1. */
export type Volumes = Readonly<Record<SoundKind, number>>

export const fullVolumes: Volumes = { voice: 1, song: 1 }

/** The volumes at which nothing is heard. */
export const silence: Volumes = { voice: 0, song: 0 }
