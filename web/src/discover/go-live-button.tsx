import { useLocation } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'

/** Opens the green room of a show: of an own show without a start time when there is one, otherwise of a new show. */
export function GoLiveButton() {
  const user = useUser()
  const [, navigate] = useLocation()

  async function goLive() {
    if (!user || user.guest) return navigate('/sign-in?to=/')
    const { items } = await ambient.shows.list({ creatorId: user.id, status: 'scheduled', limit: 100 })
    const unscheduled = items.find(({ startsAt }) => startsAt === null)
    const { id } = unscheduled ?? (await ambient.shows.create({ title: `${user.displayName}’s show` }))
    navigate(`/shows/${id}`)
  }

  return (
    <AsyncButton variant='primary' onPress={goLive}>
      Go live
    </AsyncButton>
  )
}
