/** The page of one file: `/watch/{key}`. */
import { canPictureInPicture, mediaActions, togglePictureInPicture } from './watch-actions.ts'
import { startCaptions } from './watch-captions.ts'
import { showCover } from './watch-cover.ts'
import { localizeTimes, startFacts } from './watch-facts.ts'
import { followGrowth } from './watch-growing.ts'
import { listenForShortcuts } from './watch-keyboard.ts'
import { startAutoplay, visit } from './watch-next.ts'
import { watchForProblems } from './watch-problem.ts'
import { startResume } from './watch-resume.ts'
import { createSay } from './watch-say.ts'
import { startSession } from './watch-session.ts'
import { startShare } from './watch-share.ts'
import { startSpeed } from './watch-speed.ts'

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T | null
const media = find<HTMLMediaElement>('media')
const [next, previous] = [find<HTMLAnchorElement>('next'), find<HTMLAnchorElement>('previous')]
const help = find<HTMLDialogElement>('help')
const [toast, status] = [find('toast'), find('status')]
const say = toast && status ? createSay(toast, status) : () => {}

// What does nothing without a script is hidden until now.
for (const element of document.querySelectorAll<HTMLElement>('[data-scripted]')) element.hidden = false
localizeTimes()
startShare(say)
find('keyboard')?.addEventListener('click', () => help?.showModal())

const actions = media ? mediaActions({ media, captions: startCaptions(media) }) : {}
listenForShortcuts((action, by) => {
  if (action === 'next' || action === 'previous') {
    const found = visit(action === 'next' ? next : previous)
    if (!found) say(action === 'next' ? 'This is the last file' : 'This is the first file')
    return true
  }
  if (action === 'help') {
    if (help?.open) help.close()
    else help?.showModal()
    return true
  }
  const act = actions[action]
  if (act === undefined) return false
  const done = act(by)
  if (done !== undefined) say(done)
  return true
})

const arriving = find('arriving')
if (arriving) {
  const { key = '' } = document.documentElement.dataset
  followGrowth(key, media ?? undefined, { panel: arriving, size: find('size') })
}

if (media) {
  startFacts(media, find('duration'), find('dimensions'))
  const { key = '' } = document.documentElement.dataset
  const [notice, problem, pip] = [find('resumed'), find('problem'), find('pip')]
  const cover = find('cover')
  if (cover) void showCover(cover)
  startSpeed(media, find<HTMLSelectElement>('speed'))
  const title = document.querySelector('h1')?.textContent ?? ''
  const artwork = () => document.querySelector<HTMLImageElement>('img.cover')?.src
  startSession(media, { title, artwork, next, previous })
  startAutoplay(media, next, find('autoplay'))
  if (notice) startResume(media, key, notice)
  if (problem) watchForProblems(media, problem)
  if (pip) {
    pip.hidden = !(media instanceof HTMLVideoElement && canPictureInPicture())
    pip.addEventListener('click', () => togglePictureInPicture(media))
  }
}
