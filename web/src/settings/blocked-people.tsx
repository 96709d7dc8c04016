import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { PersonRow } from '../people/person-row.tsx'

async function listBlocked(page: PageRequest) {
  const { items, nextCursor } = await ambient.me.blocks(page)
  return { items: items.map(({ user }) => user), nextCursor }
}

/** The people who cannot join the user's shows, with a button to unblock each. */
export function BlockedPeople() {
  const pages = usePagedList(listBlocked)

  async function unblock(userId: string) {
    await ambient.me.unblock(userId)
    await pages.refresh()
  }

  return (
    <PagedList pages={pages} empty={<p>You haven’t blocked anyone. You can block people from their profile.</p>}>
      {person => (
        <PersonRow person={person}>
          <AsyncButton label={`Unblock ${person.displayName}`} onPress={async () => await unblock(person.id)}>
            Unblock
          </AsyncButton>
        </PersonRow>
      )}
    </PagedList>
  )
}
