import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Listing } from '../parts/listing.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { PersonRow } from '../people/person-row.tsx'

async function listBlocked(page: PageAsked) {
  const { items, nextCursor } = await ambient.me.blocks(page)
  return { items: items.map(({ user }) => user), nextCursor }
}

/** Who can't join any show of one's own, and letting them again. */
export function BlockedPeople() {
  const pages = usePages(listBlocked)

  async function unblock(userId: string) {
    await ambient.me.unblock(userId)
    await pages.refresh()
  }

  return (
    <Listing pages={pages} empty={<p>You have blocked nobody. You can on somebody’s page.</p>}>
      {person => (
        <PersonRow person={person}>
          <Action label={`Unblock ${person.displayName}`} onPress={async () => await unblock(person.id)}>
            Unblock
          </Action>
        </PersonRow>
      )}
    </Listing>
  )
}
