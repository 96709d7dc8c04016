import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Avatar } from '../ui/avatar.tsx'
import { PictureEditor } from '../ui/picture-editor.tsx'

/** Chooses, uploads and removes the user's picture. */
export function AvatarEditor({ user }: { user: User }) {
  return (
    <PictureEditor
      noun='picture'
      url={user.avatarUrl}
      upload={async (file, options) => await ambient.me.setAvatar(file, options)}
      remove={async () => await ambient.me.removeAvatar()}
    >
      {url => <Avatar id={user.id} name={user.displayName} avatarUrl={url} />}
    </PictureEditor>
  )
}
