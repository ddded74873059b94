// Each person's launch through the demo, in the frame of another site, as a browser does it today.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accessible } from './axe.mjs';
import {
  GATEWAY_HOST, PEOPLE, TABS, answered, ask, choose, frameOn, openTutor, person, picture, readTab,
  showTab, tutorHost,
} from './campus.mjs';
import { COOKIES, openBrowser } from './chromium.mjs';
import { startDemo } from './demo.mjs';

let demo;
before(async () => { demo = await startDemo(); });
after(async () => { await demo?.end(); });

/** A test with a browser of its own that ends clean: no complaint of a page, nothing sent off the machine. */
function walk(name, cookies, steps, options) {
  test(name, async () => {
    const browser = await openBrowser(cookies, options);
    try {
      await steps(browser.page, browser);
      assert.deepEqual(browser.complaints, []);
      assert.deepEqual([...browser.strayed], []);
    } catch (error) {
      await picture(browser.page, `failed ${cookies} ${name}`.replaceAll(/[^a-z0-9]+/gi, '-')).catch(() => {});
      throw error;
    } finally {
      await browser.end();
    }
  });
}

for (const cookies of COOKIES) {
  describe(`with third-party cookies ${cookies}`, () => {
    for (const { key } of PEOPLE.filter((one) => one.opens)) {
      walk(`the tutor opens for ${key} and streams its answer`, cookies, async (page) => {
        const tutor = await openTutor(page, demo.campus, key);
        assert.equal(new URL(tutor.url()).search, '', 'nothing of a launch stands in an address');
        const lengths = await ask(tutor, 'Why are plants green?');
        const steps = new Set(lengths).size;
        assert.ok(steps > 4, `the answer came in ${steps} step(s), so it did not stream`);
        await picture(page, `${key}-${cookies}`);
      });
    }

    walk('the student of the district that signed nothing reads why, and the agent receives nothing', cookies, async (page) => {
      await choose(page, demo.campus, 'odell');
      await page.locator('#outcome.refused, #outcome.held').waitFor();
      const refused = await frameOn(page, GATEWAY_HOST, 'h1');
      await refused.waitForURL(/\/lti\/launch$/);
      const words = await refused.locator('main').innerText();
      assert.ok(words.split(/\s+/).length > 15, `the page says little: ${words}`);
      assert.doesNotMatch(words, person('odell').name);
      const received = await showTab(page, 'What the agent received');
      assert.equal(await received.locator('> :not(.empty)').count(), 0);
      assert.ok(!page.frames().some((frame) => tutorHost('prairie').test(new URL(frame.url()).hostname)));
      await accessible(page);
      await picture(page, `odell-${cookies}`);
    });
  });
}

walk('the pane shows what came, what went, what stayed and why, the assertion and the entry', 'blocked', async (page) => {
  const tutor = await openTutor(page, demo.campus, 'mia');
  await ask(tutor, 'Why are plants green?');
  const log = await showTab(page, 'Log entry');
  await log.getByText(/Verified: yes/).first().waitFor();
  const said = {};
  for (const tab of TABS) said[tab] = await readTab(page, tab);
  const { name, email } = person('mia');
  assert.match(said['What the LMS sent'], name);
  assert.ok(said['What the LMS sent'].includes(email));
  for (const tab of ['What the agent received', 'Assertion']) {
    assert.doesNotMatch(said[tab], name, tab);
    assert.ok(!said[tab].includes(email), tab);
    assert.ok(!said[tab].includes('canvas.localhost'), tab);
  }
  assert.match(said['Withheld and why'], /\bCFR\b|\b99\.\d+|\b312\.\d+/, 'with its citation');
  assert.match(said['Withheld and why'], /e-?mail/i);
  assert.match(said.Assertion, /ES256/);
  assert.doesNotMatch(said['Log entry'], /Verified: no/);
  assert.doesNotMatch(said['Log entry'], name);
});

walk('a shared laptop: two pupils one after the other never share an origin', 'blocked', async (page) => {
  const mia = new URL((await openTutor(page, demo.campus, 'mia')).url()).host;
  const theo = new URL((await openTutor(page, demo.campus, 'theo')).url()).host;
  assert.notEqual(mia, theo);
});

walk('the keyboard alone chooses a person, asks the tutor and reads the pane', 'blocked', async (page) => {
  await page.goto(demo.campus);
  await tabUntil(page, () => document.activeElement?.matches('[data-person="mia"]'));
  await page.keyboard.press('Enter');
  const tutor = await frameOn(page, tutorHost('lincoln'), '#question');
  await tutor.evaluate(() => {
    const talk = document.getElementById('talk');
    window.lengths = [];
    new MutationObserver(() => window.lengths.push(talk.textContent.length)).observe(talk, {
      childList: true, characterData: true, subtree: true,
    });
  });
  await tabUntil(tutor, () => document.activeElement?.id === 'question', page);
  await page.keyboard.type('Why are plants green?');
  await page.keyboard.press('Enter');
  await answered(tutor);
  await tabUntil(page, () => document.activeElement?.getAttribute('role') === 'tab');
  await page.keyboard.press('ArrowRight');
  const chosen = page.locator('#inspector').getByRole('tab', { selected: true });
  const first = await chosen.innerText();
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await chosen.innerText(), first, 'arrow keys move between tabs');
});

/** Presses Tab until something holds, in the page or in one of its frames. */
async function tabUntil(frame, holds, page = frame) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await frame.evaluate(holds)) return;
  }
  throw new Error('sixty presses of Tab did not lead there');
}

walk('every page of a launch passes axe, in light and in dark', 'blocked', async (page) => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.goto(demo.campus);
    await accessible(page);
    const tutor = await openTutor(page, demo.campus, 'mia');
    await ask(tutor, 'Why are plants green?');
    for (const tab of TABS) {
      await readTab(page, tab);
      await accessible(page);
    }
    await picture(page, `campus-${colorScheme}`);
  }
});

walk('the pages that say what went wrong pass axe and speak plainly', 'blocked', async (page) => {
  for (const path of ['/lti/login', '/lti/launch', '/lti/login?iss=https%3A%2F%2Funknown.example&login_hint=1']) {
    const answer = await page.goto(demo.gateway + path);
    assert.ok(answer.status() >= 400 && answer.status() < 500, `${path}: ${answer.status()}`);
    assert.match(answer.headers()['content-type'], /text\/html/);
    assert.ok((await page.locator('main').innerText()).split(/\s+/).length > 10, path);
    await accessible(page);
  }
});

walk('one click from the tutor stands what it knows about the pupil, and what it does not', 'blocked', async (page) => {
  const tutor = await openTutor(page, demo.campus, 'mia');
  await tutor.getByRole('link', { name: /knows about you/i }).click();
  await tutor.waitForURL(/\/\.agent-factory\//);
  const words = await tutor.locator('main').innerText();
  assert.match(words, /e-?mail/i, 'what was withheld is named');
  assert.doesNotMatch(words, person('mia').name);
  await accessible(page);
  await picture(page, 'about-me');
});

walk('the page for developers passes axe', 'blocked', async (page) => {
  const answer = await page.goto(`${demo.gateway}/api/docs`);
  assert.equal(answer.status(), 200);
  await accessible(page);
  await picture(page, 'api-docs');
});

walk('the campus fits a telephone', 'blocked', async (page) => {
  const tutor = await openTutor(page, demo.campus, 'mia');
  await tutor.locator('#question').waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `the page is ${wide} px too wide`);
  await picture(page, 'telephone');
}, { viewport: { width: 375, height: 740 } });

// Last: after everybody above has been here.
test('nothing that the demo keeps or prints holds a name or an address of its people', async () => {
  const files = await demo.kept();
  assert.ok(files.some((file) => file.bytes.startsWith('SQLite format 3')), 'there is a database to search');
  const secrets = PEOPLE.flatMap(({ name, email }) => [name.source, email]);
  for (const secret of secrets) {
    for (const file of files) assert.ok(!file.bytes.includes(secret), `${file.path} holds ${secret}`);
    assert.ok(!demo.words().includes(secret), `the demo printed ${secret}`);
  }
});
