/** What is heard in a show, each kind with a volume of its own. */
export type SoundKind = 'voice' | 'song'

/** How loud each kind is played, 0 to 1. */
export type Volumes = Readonly<Record<SoundKind, number>>

export const fullVolumes: Volumes = { voice: 1, song: 1 }
