import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { useDockedRoom } from '../show/current-show.ts'
import { beginLinkingSpotify } from '../sign-in/provider-sign-in.ts'
import { useSignInOptions } from '../sign-in/use-sign-in-options.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Section } from '../ui/section.tsx'
import styles from './settings.module.css'

/**
 * Leads to Spotify, which takes the place of this page. In a show, these settings open in another tab first: the sound
 * of the show is in this one.
 */
function LinkButton({ label, variant }: { label: string; variant: 'primary' | 'secondary' }) {
  const room = useDockedRoom()
  if (room && !room.view.closed) {
    return (
      <a className={styles.outsideLink} href='/settings' target='_blank' rel='noreferrer'>
        {label} in another tab
      </a>
    )
  }
  return (
    <AsyncButton variant={variant} onPress={async () => await beginLinkingSpotify('/settings')}>
      {label}
    </AsyncButton>
  )
}

/** Links and unlinks the user's Spotify account; renders nothing when the server has no Spotify. */
export function SpotifyLink({ user: { spotify } }: { user: User }) {
  const isOffered = useSignInOptions()?.spotify ?? false
  if (!isOffered && !spotify?.linked) return null
  return <Section title='Spotify'>{spotify?.linked ? <Linked relink={spotify.relink} /> : <Unlinked />}</Section>
}

function Unlinked() {
  return (
    <>
      <p className={styles.muted}>
        Link Spotify to use your playlists in your shows. Listeners see each song and play it in their own Spotify.
      </p>
      <div className={styles.row}>
        <LinkButton label='Link Spotify' variant='secondary' />
      </div>
    </>
  )
}

function Linked({ relink }: { relink: boolean }) {
  return (
    <>
      <p className={styles.muted}>
        {relink
          ? 'Spotify needs you to link your account again.'
          : 'Spotify is linked. Your playlists are there when you prepare a show.'}
      </p>
      <div className={styles.row}>
        {relink && <LinkButton label='Link again' variant='primary' />}
        <AsyncButton onPress={async () => await ambient.me.unlinkSpotify()}>Unlink Spotify</AsyncButton>
      </div>
    </>
  )
}
