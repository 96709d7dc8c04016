import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { CodedError, PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { toCodedError } from '../errors.ts'
import { ProfileHeader } from '../people/profile-header.tsx'
import { ProfileShows } from '../people/profile-shows.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'

/** A person's public page. */
export function ProfilePage({ userId }: { userId: string }) {
  const user = useUser()
  const [person, setPerson] = useState<PublicUser | null>(null)
  const [error, setError] = useState<CodedError | null>(null)

  const load = useCallback(async () => {
    try {
      setError(null)
      setPerson(await ambient.people.get(userId))
    } catch (error) {
      setError(toCodedError(error))
    }
  }, [userId])
  // Loads again when another user signs in: `followed` is relative to the caller.
  useEffect(() => {
    load()
  }, [load, user?.id])

  if (error?.code === 'NOT_FOUND') {
    return (
      <Notice title='Profile not found'>
        <Link href='/'>See what’s live</Link>
      </Notice>
    )
  }
  if (!person) {
    return error ? (
      <Notice title='Can’t load this profile'>
        <p>{error.message}</p>
        <AsyncButton onPress={load}>Try again</AsyncButton>
      </Notice>
    ) : (
      <Loading />
    )
  }
  const isMe = person.id === user?.id
  return (
    <>
      <title>{`${person.displayName} · Ambient`}</title>
      <ProfileHeader person={person} isMe={isMe} onChange={setPerson} />
      <ProfileShows person={person} isMe={isMe} />
    </>
  )
}
