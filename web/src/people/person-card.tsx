import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Person, PublicUser, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { roleLabel } from '../show/role-label.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { FollowButton } from './follow-button.tsx'
import { ProfileMenu } from './profile-menu.tsx'
import { VoiceVolume } from './voice-volume.tsx'
import styles from './person-card.module.css'

interface PersonCardProps {
  person: Person
  view: RoomView
  room: ShowRoom
  onClose: () => void
}

/** A person in a live show: who they are, the volume of their voice for this listener, and follow, block and report. */
export function PersonCard({ person: { id, displayName, avatarUrl }, view, room, onClose }: PersonCardProps) {
  const isMe = view.me.userId === id
  const isOnStage = view.room?.stage.some(({ userId }) => userId === id) ?? false
  const role = view.room ? roleLabel(view.room, id) : ''
  const { profile, error, load, setProfile } = useProfile(id)
  const returnPath = `/shows/${room.showId}`
  const isAccount = useUser()?.guest === false

  return (
    <Dialog title={displayName} isOpen onClose={onClose}>
      <div className={styles.head}>
        <div className={styles.avatar}>
          <Avatar id={id} name={displayName} avatarUrl={avatarUrl} />
        </div>
        <div>
          {role && <p className={styles.role}>{role}</p>}
          {profile && (
            <p className={styles.detail}>
              {profile.guest
                ? 'Listening as a guest'
                : `${profile.followerCount} ${profile.followerCount === 1 ? 'follower' : 'followers'}`}
            </p>
          )}
        </div>
      </div>
      {error !== null && (
        <div role='alert' className={styles.error}>
          <p>{error}</p>
          <AsyncButton onPress={load}>Try again</AsyncButton>
        </div>
      )}
      {profile === null && error === null && <Skeleton count={1} />}
      {profile?.bio && <p className={styles.bio}>{profile.bio}</p>}
      {isOnStage && !isMe && <VoiceVolume userId={id} name={displayName} room={room} />}
      {profile && (
        <div className={styles.actions}>
          {!isMe && !profile.guest && <FollowButton person={profile} returnPath={returnPath} onChange={setProfile} />}
          <Link href={`/users/${id}`} className={styles.link ?? ''}>
            {isMe ? 'Your profile' : 'Profile'}
          </Link>
          {!isMe && isAccount && <ProfileMenu person={profile} onChange={setProfile} />}
        </div>
      )}
      <DialogButtons>
        <AsyncButton onPress={onClose}>Close</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

function useProfile(personId: string) {
  const [profile, setProfile] = useState<PublicUser | null>(null)
  const [error, setError] = useState<string | null>(null)
  const load = useCallback(async () => {
    setError(null)
    try {
      setProfile(await ambient.people.get(personId))
    } catch (error) {
      setError(errorMessage(error))
    }
  }, [personId])
  useEffect(() => {
    load()
  }, [load])
  return { profile, error, load, setProfile }
}
