import type { Sealed } from './sealed-box.ts'

/** An account at Spotify as it is stored, in the collection `spotifyAccounts`. */
export interface SpotifyAccountDocument {
  /** The account here. */
  _id: string
  spotifyId: string
  displayName: string
  link: string | null
  accessToken: Sealed
  refreshToken: Sealed
  expiresAt: Date
  scopes: string[]
  /** Spotify does not take the refresh token any more; the person has to link again. */
  relink: boolean
  /** Grows with each change of the tokens, so that of two refreshes the older one loses. */
  version: number
  linkedAt: Date
}
