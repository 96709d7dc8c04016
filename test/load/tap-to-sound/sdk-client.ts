/*
 * The script of the empty page: joins a show with the SDK when asked, signed in as the web client is.
 */
import { createAmbientApi, elementOutput, joinShow } from '../../../client/index.ts'

const api = createAmbientApi({
  url: window.location.origin,
  storage: {
    read: () => localStorage.getItem('ambient:account'),
    write: value => localStorage.setItem('ambient:account', value ?? ''),
    watch: () => () => {}
  }
})
const sound = elementOutput()

document.addEventListener('listen', event => {
  if (event instanceof CustomEvent) joinShow(api, event.detail, { sound })
})
document.body.textContent = 'Ready'
