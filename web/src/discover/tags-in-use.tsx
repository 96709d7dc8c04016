import type { TagUse } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Section } from '../ui/section.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import { TagLinks } from './tag-links.tsx'

/** Number of tags on the start page. */
const maxShown = 20

/** Returns no tags when they cannot be loaded: the lists of shows wait for them. */
async function loadTags(): Promise<readonly TagUse[]> {
  const { items } = await ambient.shows.tags().catch(() => ({ items: [] }))
  return items
}

/** Loads the tags of live and planned shows; null until they are known. */
export function useTagsInUse(): readonly TagUse[] | null {
  const [tags] = useLoaded(loadTags)
  return tags
}

/** Links to the shows of each tag; renders nothing without tags. */
export function TagsInUse({ tags }: { tags: readonly TagUse[] }) {
  if (tags.length === 0) return null
  return (
    <Section title='Topics'>
      <TagLinks tags={tags.slice(0, maxShown).map(({ tag }) => tag)} isLarge />
    </Section>
  )
}
