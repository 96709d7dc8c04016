import { Type } from 'typebox'
import { Exactly } from './primitives.ts'

/** Body of the routes that take a picture. */
export const PictureForm = Exactly({
  file: Type.String({ format: 'binary', description: 'JPEG, PNG or WebP, at most 5 MiB' })
})
