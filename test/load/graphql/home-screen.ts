/** A show on the home screen of an app. */
export interface HomeShow {
  id: string
  title: string
  listenerCount: number
  songsOnAir: { title: string; artists: string[] }[]
  creator: { id: string; displayName: string; avatarUrl: string | null; profile: { followerCount: number } }
}

/** The home screen as one query. */
export const homeQuery = `query Home($first: Int) {
  shows(first: $first, status: live) {
    edges { node {
      id title listenerCount
      songsOnAir { title artists }
      creator { id displayName avatarUrl profile { followerCount } }
    } }
  }
}`
