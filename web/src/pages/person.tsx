import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { CodedError, type PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { PersonHead } from '../people/person-head.tsx'
import { PersonShows } from '../people/person-shows.tsx'

/** Somebody's page. */
export function PersonPage({ userId }: { userId: string }) {
  const user = useUser()
  const [person, setPerson] = useState<PublicUser | null>(null)
  const [fault, setFault] = useState<CodedError | null>(null)

  const load = useCallback(async () => {
    try {
      setFault(null)
      setPerson(await ambient.people.get(userId))
    } catch (error) {
      setFault(error instanceof CodedError ? error : new CodedError('INTERNAL', String(error)))
    }
  }, [userId])
  // Whether one follows them depends on who one is.
  useEffect(() => {
    load()
  }, [load, user?.id])

  if (fault?.code === 'NOT_FOUND') {
    return (
      <Notice title='There is nobody here'>
        <Link href='/'>See what is live</Link>
      </Notice>
    )
  }
  if (!person) {
    return fault ? (
      <Notice title='The page can’t be loaded'>
        <p>{fault.message}</p>
        <Action onPress={load}>Try again</Action>
      </Notice>
    ) : (
      <Loading />
    )
  }
  const isMe = person.id === user?.id
  return (
    <>
      <title>{`${person.displayName} · Ambient`}</title>
      <PersonHead person={person} isMe={isMe} onChange={setPerson} />
      <PersonShows person={person} isMe={isMe} />
    </>
  )
}
