import { useCallback, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { signInPath } from '../sign-in/return-path.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'

/**
 * Opens the green room of a show: of an own show without a start time when there is one, otherwise of a new show. Signs
 * people in first, who then come back here. The page is not in the history.
 */
export function GoLivePage() {
  const user = useUser()
  const [, navigate] = useLocation()
  const [error, setError] = useState<string | null>(null)
  const isOpening = useRef(false)

  const open = useCallback(async () => {
    // An effect may run twice, and must not create two shows.
    if (isOpening.current) return
    if (!user || user.guest) return navigate(signInPath('/go-live'), { replace: true })
    isOpening.current = true
    setError(null)
    try {
      const { items } = await ambient.shows.list({ creatorId: user.id, status: 'scheduled', limit: 100 })
      const unscheduled = items.find(({ startsAt }) => startsAt === null)
      const { id } = unscheduled ?? (await ambient.shows.create({ title: `${user.displayName}’s show` }))
      navigate(`/shows/${id}`, { replace: true })
    } catch (error) {
      setError(errorMessage(error))
    } finally {
      isOpening.current = false
    }
  }, [user, navigate])

  useEffect(() => {
    open()
  }, [open])

  return error ? (
    <Notice title='Can’t open your show'>
      <p>{error}</p>
      <AsyncButton onPress={open}>Try again</AsyncButton>
    </Notice>
  ) : (
    <Loading />
  )
}
