import { useEffect, useState } from 'react'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Section } from '../parts/section.tsx'
import { beginLinkingSpotify } from '../sign-in/provider.ts'
import styles from './settings.module.css'

const link = async () => await beginLinkingSpotify('/settings')

/** One's Spotify account, whose playlists can be used in shows; nothing where the server has no Spotify. */
export function SpotifyLink({ user: { spotify } }: { user: User }) {
  const [offered, setOffered] = useState(false)
  useEffect(() => {
    let wanted = true
    ambient.account.signInOptions().then(
      options => {
        if (wanted) setOffered(options.spotify)
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [])

  if (!offered && !spotify?.linked) return null
  return <Section title='Spotify'>{spotify?.linked ? <Linked relink={spotify.relink} /> : <Unlinked />}</Section>
}

function Unlinked() {
  return (
    <>
      <p className={styles.soft}>
        Link it to take your playlists into your shows. Listeners see the songs and play them in their own Spotify.
      </p>
      <div className={styles.line}>
        <Action onPress={link}>Link Spotify</Action>
      </div>
    </>
  )
}

function Linked({ relink }: { relink: boolean }) {
  return (
    <>
      <p className={styles.soft}>
        {relink
          ? 'Spotify asks you to link it again.'
          : 'It is linked: your playlists are there when you prepare a show.'}
      </p>
      <div className={styles.line}>
        {relink && (
          <Action kind='main' onPress={link}>
            Link again
          </Action>
        )}
        <Action onPress={async () => await ambient.me.unlinkSpotify()}>Unlink Spotify</Action>
      </div>
    </>
  )
}
