import { useCallback, useState } from 'react'
import { Input, Label, TextField } from 'react-aria-components'
import type { Invitation } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Choice } from '../parts/choice.tsx'
import { Listing } from '../parts/listing.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { whenText } from '../parts/when.ts'
import styles from './invitations.module.css'

const uses = { 1: 'One person', 10: 'Ten people', 100: 'A hundred people' }

/** Ways into a private show: making a link, giving it away, taking it back. */
export function Invitations({ showId }: { showId: string }) {
  const [maxUses, setMaxUses] = useState<keyof typeof uses | string>('1')
  const [fresh, setFresh] = useState<Invitation | null>(null)
  const load = useCallback(async (page: PageAsked) => await ambient.invitations.list(showId, page), [showId])
  const pages = usePages(load)

  async function make() {
    setFresh(await ambient.invitations.create(showId, { maxUses: Number(maxUses) }))
    await pages.refresh()
  }

  async function withdraw(id: string) {
    await ambient.invitations.withdraw(showId, id)
    if (fresh?.id === id) setFresh(null)
    await pages.refresh()
  }

  return (
    <section className={styles.invitations} aria-label='Invitations'>
      <div className={styles.make}>
        <Choice label='A link that lets in' options={uses} value={String(maxUses)} onChange={setMaxUses} />
        <Action onPress={make}>Make a link</Action>
      </div>
      {fresh?.url && <Fresh url={fresh.url} />}
      <Listing pages={pages} empty='No links yet. Only you can see this show.'>
        {({ id, maxUses, uses, expiresAt }) => (
          <li className={styles.invitation}>
            <span className={styles.text}>
              <strong>
                {uses} of {maxUses} used
              </strong>
              <span className={styles.until}>until {whenText(expiresAt)}</span>
            </span>
            <Action onPress={async () => await withdraw(id)}>Withdraw</Action>
          </li>
        )}
      </Listing>
    </section>
  )
}

/** The link can be read only now: nobody keeps it, not even the server. */
function Fresh({ url }: { url: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div className={styles.fresh}>
      <TextField value={url} isReadOnly className={styles.field ?? ''}>
        <Label>The link. Copy it now: it is not shown again.</Label>
        <Input className={styles.url ?? ''} onFocus={event => event.currentTarget.select()} />
      </TextField>
      <Action
        kind='main'
        onPress={async () => {
          await navigator.clipboard.writeText(url)
          setCopied(true)
        }}
      >
        Copy
      </Action>
      {copied && <span role='status'>Copied</span>}
    </div>
  )
}
