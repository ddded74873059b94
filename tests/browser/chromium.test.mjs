// That the two browsers are what the other tests say they are: otherwise a launch "with third-party cookies
// blocked" would prove nothing.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { COOKIES, openBrowser } from './chromium.mjs';

const COOKIES_SET = [
  'plain=1; Secure; SameSite=None; Path=/',
  '__Host-own=1; Secure; SameSite=None; Path=/; Partitioned; HttpOnly',
];

let server;
let port;

before(async () => {
  server = createServer((request, response) => {
    const host = request.headers.host.split(':')[0];
    response.setHeader('content-type', 'text/html');
    if (host === 'localhost') {
      response.end(`<iframe id="inner" src="http://inner.localhost:${port}/set"></iframe>`);
    } else if (request.url === '/set') {
      response.setHeader('set-cookie', COOKIES_SET);
      response.end('<script>localStorage.framed = "1"; location = "/read"</script>');
    } else {
      response.end(`<p id="cookies">${request.headers.cookie ?? ''}</p>`);
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  port = server.address().port;
});

after(() => server.close());

const EXPECTED = { blocked: '__Host-own=1', allowed: 'plain=1; __Host-own=1' };

for (const cookies of COOKIES) {
  test(`with third-party cookies ${cookies} a frame of another site sends the cookies it should`, async () => {
    const browser = await openBrowser(cookies);
    try {
      await browser.page.goto(`http://localhost:${port}/`);
      const shown = browser.page.frameLocator('#inner').locator('#cookies');
      assert.equal(await shown.textContent(), EXPECTED[cookies]);
      await browser.page.goto(`http://inner.localhost:${port}/read`);
      const stored = await browser.page.evaluate(() => localStorage.framed ?? 'nothing');
      assert.equal(stored, 'nothing', 'storage of a framed site is partitioned');
    } finally {
      await browser.end();
    }
  });
}
