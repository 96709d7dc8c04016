import type { PublicUser } from '../../../client/index.ts'
import { Link } from 'wouter'
import { Portrait } from '../parts/portrait.tsx'
import { SupportLinks } from '../parts/support-links.tsx'
import { FollowButton } from './follow-button.tsx'
import { PersonMenu } from './person-menu.tsx'
import styles from './person-head.module.css'

interface PersonHeadProps {
  person: PublicUser
  isMe: boolean
  onChange: (person: PublicUser) => void
}

/** Who somebody is: picture, name, what they say of themselves, where to support them; and what one can do about them. */
export function PersonHead({ person, isMe, onChange }: PersonHeadProps) {
  const { id, displayName, avatarUrl, bio, links, guest } = person
  return (
    <header className={styles.head}>
      <div className={styles.face}>
        <Portrait id={id} name={displayName} avatarUrl={avatarUrl} />
      </div>
      <div className={styles.text}>
        <h1 className={styles.name}>{displayName}</h1>
        {guest && <p className={styles.soft}>Listening as a guest</p>}
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
            <Link href='/settings' className={styles.edit ?? ''}>
              Edit your page
            </Link>
          ) : (
            <>
              {!guest && <FollowButton person={person} onChange={onChange} />}
              <PersonMenu person={person} onChange={onChange} />
            </>
          )}
        </div>
      </div>
      {bio && <p className={styles.bio}>{bio}</p>}
      {person.spotifyUrl && (
        <a className={styles.spotify ?? ''} href={person.spotifyUrl} target='_blank' rel='noreferrer noopener nofollow'>
          Open in Spotify
        </a>
      )}
      <SupportLinks links={links} name={displayName} />
    </header>
  )
}
