import { useCallback, useState } from 'react'
import { Input, Label, TextField } from 'react-aria-components'
import type { Invitation } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { formatDateTimeInText } from '../format/date-time.ts'
import styles from './invitation-links.module.css'

const useLimits = { 1: '1 person', 10: '10 people', 100: '100 people' }

/** Creates, lists and revokes invitation links of a private show. */
export function InvitationLinks({ showId }: { showId: string }) {
  const [maxUses, setMaxUses] = useState<keyof typeof useLimits | string>('1')
  const [created, setCreated] = useState<Invitation | null>(null)
  const load = useCallback(async (page: PageRequest) => await ambient.invitations.list(showId, page), [showId])
  const pages = usePagedList(load)

  async function create() {
    setCreated(await ambient.invitations.create(showId, { maxUses: Number(maxUses) }))
    await pages.refresh()
  }

  async function revoke(id: string) {
    await ambient.invitations.withdraw(showId, id)
    if (created?.id === id) setCreated(null)
    await pages.refresh()
  }

  return (
    <section className={styles.invitations} aria-label='Invitations'>
      <div className={styles.create}>
        <SelectField label='Link for' options={useLimits} value={String(maxUses)} onChange={setMaxUses} />
        <AsyncButton onPress={create}>Create link</AsyncButton>
      </div>
      {created?.url && <NewLink url={created.url} />}
      <PagedList pages={pages} empty='No links yet. Only you can see this show.'>
        {({ id, maxUses, uses, expiresAt }) => (
          <li className={styles.invitation}>
            <span className={styles.text}>
              <strong>
                {uses} of {maxUses} used
              </strong>
              <span className={styles.expiry}>expires {formatDateTimeInText(expiresAt)}</span>
            </span>
            <AsyncButton onPress={async () => await revoke(id)}>Revoke</AsyncButton>
          </li>
        )}
      </PagedList>
    </section>
  )
}

/** Shows a new link. This is the only time: the server stores only a hash of its token. */
function NewLink({ url }: { url: string }) {
  const [isCopied, setIsCopied] = useState(false)
  return (
    <div className={styles.newLink}>
      <TextField value={url} isReadOnly className={styles.field ?? ''}>
        <Label>Invitation link. Copy it now, it won’t be shown again.</Label>
        <Input className={styles.input ?? ''} onFocus={event => event.currentTarget.select()} />
      </TextField>
      <AsyncButton
        variant='primary'
        onPress={async () => {
          await navigator.clipboard.writeText(url)
          setIsCopied(true)
        }}
      >
        Copy
      </AsyncButton>
      {isCopied && <span role='status'>Copied</span>}
    </div>
  )
}
