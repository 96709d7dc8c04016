import type { Sealed } from '../identity/sealed-box.ts'

/** A linked Spotify account as stored in the collection `spotifyAccounts`. */
export interface SpotifyAccountDocument {
  /** Id of the account here. */
  _id: string
  spotifyId: string
  displayName: string
  link: string | null
  accessToken: Sealed
  refreshToken: Sealed
  expiresAt: Date
  scopes: string[]
  /** Spotify rejects the refresh token; the person has to link again. */
  relink: boolean
  /** Increases with each change of the tokens, so that the older of two refreshes is dropped. */
  version: number
  linkedAt: Date
}
