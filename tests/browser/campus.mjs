// The campus page as a visitor uses it: by the names and roles that are on it.

import { setTimeout as pause } from 'node:timers/promises';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ARTEFACTS = join(dirname(fileURLToPath(import.meta.url)), 'artefacts');
const PATIENCE = 20_000;

export const TABS = [
  'What the LMS sent',
  'What the agent received',
  'Withheld and why',
  'Assertion',
  'Log entry',
];

/** Everybody on the campus; `opens` says whether the tutor does. */
export const PEOPLE = [
  { key: 'mia', name: /Quillfeather/, email: 'mia.quillfeather@lincoln.example', tenant: 'lincoln', opens: true },
  { key: 'theo', name: /Marrowby/, email: 'theo.marrowby@lincoln.example', tenant: 'lincoln', opens: true },
  { key: 'ines', name: /Castellworth/, email: 'ines.castellworth@riverside.example', tenant: 'riverside', opens: true },
  { key: 'harlan', name: /Brightwater/, email: 'harlan.brightwater@lincoln.example', tenant: 'lincoln', opens: true },
  { key: 'rosalind', name: /Quillfeather/, email: 'rosalind.quillfeather@home.example', tenant: 'lincoln', opens: true },
  { key: 'odell', name: /Fennimore/, email: 'odell.fennimore@prairie.example', tenant: 'prairie', opens: false },
];

export const person = (key) => PEOPLE.find((one) => one.key === key);

/** The frame, however deep, on whose host the pattern holds and in which `selector` is shown. */
export async function frameOn(page, host, selector) {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    for (const frame of page.frames()) {
      if (!host.test(hostOf(frame.url()))) continue;
      const shown = await frame.locator(selector).first().isVisible().catch(() => false);
      if (shown) return frame;
    }
    await pause(100);
  }
  const there = page.frames().map((frame) => frame.url()).join('\n  ');
  throw new Error(`no frame on ${host} with ${selector}; there were:\n  ${there}`);
}

const hostOf = (url) => {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
};

export const tutorHost = (tenant) => new RegExp(`^tutor--${tenant}--[a-z0-9]{8}\\.localhost$`);
export const GATEWAY_HOST = /^gateway\.localhost$/;

/** Goes to the campus and chooses somebody. */
export async function choose(page, campus, key) {
  if (page.url() !== campus) await page.goto(campus);
  const earlier = page.frames().filter((frame) => frame.parentFrame()?.parentFrame());
  await page.locator(`[data-person="${key}"]`).click();
  await page.locator('iframe#launch').waitFor();
  // The launch before this one is still on the page until the new course page has come.
  const until = Date.now() + PATIENCE;
  while (earlier.some((frame) => !frame.isDetached())) {
    if (Date.now() > until) throw new Error(`the launch before ${key}'s stayed on the page`);
    await pause(50);
  }
}

/** Chooses somebody for whom the tutor opens; gives the tutor's frame. */
export async function openTutor(page, campus, key) {
  await choose(page, campus, key);
  return frameOn(page, tutorHost(person(key).tenant), '#question');
}

/** Asks the tutor and gives the lengths that the conversation had while the answer came. */
export async function ask(frame, question) {
  await frame.evaluate(() => {
    const talk = document.getElementById('talk');
    window.lengths = [];
    const note = () => window.lengths.push(talk.textContent.length);
    new MutationObserver(note).observe(talk, { childList: true, characterData: true, subtree: true });
  });
  await frame.locator('#question').fill(question);
  await frame.locator('#question').press('Enter');
  return answered(frame);
}

/** Waits until the tutor has answered. */
export async function answered(frame) {
  await frame.waitForFunction(
    () => document.querySelector('#talk[aria-busy="false"]') && window.lengths.length > 0,
  );
  return frame.evaluate(() => window.lengths);
}

/** Shows a tab of the pane and gives its panel. */
export async function showTab(page, name) {
  const tab = page.locator('#inspector').getByRole('tab', { name });
  await tab.click();
  const panel = page.locator(`[id="${await tab.getAttribute('aria-controls')}"]`);
  await panel.waitFor();
  return panel;
}

/** Shows a tab and gives its panel's text, once the panel says more than that it is empty. */
export async function readTab(page, name) {
  const panel = await showTab(page, name);
  await panel.locator('> :not(.empty)').first().waitFor();
  // What is folded away is part of what the panel says.
  return panel.evaluate((node) => node.textContent);
}

/** Keeps a picture among the artefacts. */
export async function picture(page, name) {
  await mkdir(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
}
