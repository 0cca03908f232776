// Owns showing one scene: index.html?scene=NAME&theme=dark&language=pt-BR&view=VIEW. Without a scene it lists them all.
import * as v from 'valibot';
import { THEMES } from '../../shared/model/settings.ts';
import { FakeBridge } from '../fakes/fake-bridge.ts';
import { SCENES } from './scenes.ts';
import { playSession } from './session-picture.ts';

const parameters = new URLSearchParams(location.search);
const theme = v.parse(v.fallback(v.picklist(THEMES), 'system'), parameters.get('theme'));
const language = parameters.get('language') === 'pt-BR' ? 'pt-BR' : 'en';
const scene = SCENES.find(({ name }) => name === parameters.get('scene'));

if (scene) await show(scene);
else list();

async function show({ view, state, connectionId, handlers, fail, steps = [], picture }: (typeof SCENES)[number]) {
  const made = state();
  const main = new FakeBridge({
    role: view,
    connectionId: connectionId ?? null,
    ...(handlers ? { handlers } : {}),
    state: {
      ...made,
      settings: { ...made.settings, theme },
      info: { ...made.info, language },
    },
  });
  if (fail) main.fail(...fail);
  Object.defineProperty(window, 'tarnet', { value: main });
  Object.defineProperty(window, 'gallery', { value: main });
  await import('../../renderer/main.tsx');
  if (picture) playSession(main, picture);
  for (const step of steps) await take(step);
  document.documentElement.dataset.galleryReady = '';
}

/** Clicks, or types with `selector=text`. */
async function take(step: string): Promise<void> {
  const [, selector = step, typed] = /^(.*)<<(.*)$/.exec(step) ?? [];
  const element = await appearing(selector);
  if (typed === undefined) element.click();
  else if (element instanceof HTMLInputElement) {
    // React listens to the setter of the prototype
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(element, typed);
    element.dispatchEvent(new Event('input', { bubbles: true }));
  }
  await new Promise((resolve) => setTimeout(resolve, 120));
}

function appearing(selector: string): Promise<HTMLElement> {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector<HTMLElement>(selector);
      if (found) resolve(found);
      else requestAnimationFrame(look);
    };
    look();
  });
}

function list(): void {
  const shown = SCENES.map(({ name, view, size, picture }) => ({
    name,
    view,
    size,
    picture: picture !== undefined,
    moving: picture?.moving ?? false,
  }));
  Object.defineProperty(window, 'galleryScenes', { value: shown });
  const links = SCENES.flatMap(({ name, view }) =>
    ['light', 'dark'].flatMap((shownTheme) =>
      ['en', 'pt-BR'].map((shownLanguage) => {
        const link = document.createElement('a');
        const bare = name.includes('bare') ? '&chrome=none' : '';
        link.href = `?scene=${name}&view=${view}&theme=${shownTheme}&language=${shownLanguage}${bare}`;
        link.textContent = `${name} ${shownTheme} ${shownLanguage}`;
        const line = document.createElement('p');
        line.append(link);
        return line;
      }),
    ),
  );
  document.getElementById('root')?.append(...links);
}
