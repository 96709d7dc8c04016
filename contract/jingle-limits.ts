// Separate from the schemas, so that clients can use it without loading them.

/** Maximum duration of a song that can be a jingle. */
export const maxJingleMs = 15_000
/** Maximum number of jingles of a person. */
export const maxJingles = 12
