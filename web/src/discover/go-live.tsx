import { useLocation } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'

/** The way to one's own show: to the one that was begun and left, else to a new one. */
export function GoLive() {
  const user = useUser()
  const [, go] = useLocation()

  async function goLive() {
    if (!user || user.guest) return go('/sign-in?to=/')
    const { items } = await ambient.shows.list({ creatorId: user.id, status: 'scheduled', limit: 100 })
    const begun = items.find(({ startsAt }) => startsAt === null)
    const { id } = begun ?? (await ambient.shows.create({ title: `${user.displayName}’s show` }))
    go(`/shows/${id}`)
  }

  return (
    <Action kind='main' onPress={goLive}>
      Go live
    </Action>
  )
}
