import type { PublicUser } from '../../../client/index.ts'
import { Link } from 'wouter'
import { Avatar } from '../ui/avatar.tsx'
import { SupportLinks } from './support-links.tsx'
import { FollowButton } from './follow-button.tsx'
import { ProfileMenu } from './profile-menu.tsx'
import styles from './profile-header.module.css'

interface ProfileHeaderProps {
  person: PublicUser
  isMe: boolean
  onChange: (person: PublicUser) => void
}

/**
 * A person's picture, name, counts, bio and links, and what the reader can do: follow, block, report, or edit their
 * own.
 */
export function ProfileHeader({ person, isMe, onChange }: ProfileHeaderProps) {
  const { id, displayName, avatarUrl, bio, links, guest } = person
  return (
    <header className={styles.header}>
      <div className={styles.avatar}>
        <Avatar id={id} name={displayName} avatarUrl={avatarUrl} />
      </div>
      <div className={styles.text}>
        <h1 className={styles.name}>{displayName}</h1>
        {guest && <p className={styles.guestNote}>Listening as a guest</p>}
        <p className={styles.counts}>
          <Link href={`/users/${id}/followers`}>
            <strong>{person.followerCount}</strong> {person.followerCount === 1 ? 'follower' : 'followers'}
          </Link>
          <Link href={`/users/${id}/following`}>
            <strong>{person.followingCount}</strong> following
          </Link>
        </p>
        <div className={styles.actions}>
          {isMe ? (
            <>
              <Link href='/settings' className={styles.editLink ?? ''}>
                Edit profile
              </Link>
              {!guest && (
                <Link href='/numbers' className={styles.editLink ?? ''}>
                  Your numbers
                </Link>
              )}
            </>
          ) : (
            <>
              {!guest && <FollowButton person={person} onChange={onChange} />}
              <ProfileMenu person={person} onChange={onChange} />
            </>
          )}
        </div>
      </div>
      {bio && <p className={styles.bio}>{bio}</p>}
      {person.spotifyUrl && (
        <a
          className={styles.spotifyLink ?? ''}
          href={person.spotifyUrl}
          target='_blank'
          rel='noreferrer noopener nofollow'
        >
          Open in Spotify
        </a>
      )}
      <SupportLinks links={links} name={displayName} />
    </header>
  )
}
